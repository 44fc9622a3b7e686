// SPDX-License-Identifier: MIT OR Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSnapshot, type Parsed } from '../../src/snapshot_schema';
import { bytesOf, limit, snapshot, tag } from './samples';

const reason = (parsed: Parsed): string => ('reason' in parsed ? parsed.reason : 'taken');
const of = (change: (value: Record<string, unknown>) => void): string => {
  const value = structuredClone(snapshot(1, [tag('a', 10)], [limit('a', 1, 2)])) as unknown as Record<string, unknown>;
  change(value);
  return reason(parseSnapshot(bytesOf(value)));
};

test('a whole snapshot is taken, with keys that are not known', () => {
  assert.equal(of(() => undefined), 'taken');
  assert.equal(of((value) => { value['later'] = { x: [1] }; }), 'taken');
  assert.equal(of((value) => { delete value['gpu']; }), 'taken');
});

test('what is no snapshot is refused with the reason', () => {
  assert.equal(reason(parseSnapshot(Buffer.from('{'))), 'json');
  assert.equal(reason(parseSnapshot(Buffer.from(''))), 'json');
  assert.equal(reason(parseSnapshot(Buffer.from([0x22, 0xff, 0x22]))), 'json');
  assert.equal(reason(parseSnapshot(Buffer.from('[1]'))), 'schema');
  assert.equal(reason(parseSnapshot(Buffer.from('null'))), 'schema');
  assert.equal(reason(parseSnapshot(new Uint8Array(16 * 1024 * 1024 + 1))), 'size');
});

test('every key of a snapshot is needed, and of its type', () => {
  const keys = Object.keys(snapshot(1)).filter((key) => key !== 'gpu');
  for (const key of keys) {
    assert.equal(of((value) => { delete value[key]; }), 'schema', `without ${key}`);
    assert.equal(of((value) => { value[key] = true; }), 'schema', `${key} of another type`);
  }
  for (const frame of [-1, 1.5, '1', null]) assert.equal(of((value) => { value['frame'] = frame; }), 'schema');
  assert.equal(of((value) => { value['timestamp'] = '2026-13-01T00:00:00Z'; }), 'schema');
  assert.equal(of((value) => { (value['tags'] as Record<string, unknown>[])[0]!['alloc_kind'] = 'stack'; }), 'schema');
  assert.equal(of((value) => { value['diagnostics'] = [{ code: 'fa310', tag: null, message: '' }]; }), 'schema');
  assert.equal(of((value) => { value['version'] = 4; }), 'schema');
});

test('version 3 needs what it adds', () => {
  assert.equal(of((value) => { value['version'] = 3; }), 'schema');
  assert.equal(of((value) => Object.assign(value, { version: 3, pools: [], handles: null, streaming: null, sites: [] })), 'taken');
  assert.equal(of((value) => Object.assign(value, { version: 3, pools: [{ block_bytes: 16 }], handles: null, streaming: null, sites: [] })), 'schema');
});

test('version 1 needs no more than it had', () => {
  const value = structuredClone(snapshot(1)) as unknown as Record<string, unknown>;
  value['version'] = 1;
  for (const key of ['units', 'process', 'phases', 'budgets', 'gpu']) delete value[key];
  assert.equal(reason(parseSnapshot(bytesOf(value))), 'taken');
  value['version'] = 2;
  assert.equal(reason(parseSnapshot(bytesOf(value))), 'schema');
});

test('more rows than anybody reads are refused', () => {
  assert.equal(of((value) => { value['tags'] = Array.from({ length: 10_000 }, (_, i) => tag(`t${i}`, 1)); }), 'taken');
  assert.equal(of((value) => { value['tags'] = Array.from({ length: 10_001 }, (_, i) => tag(`t${i}`, 1)); }), 'schema');
});

test('names out of a prototype are no keys', () => {
  assert.equal(reason(parseSnapshot(Buffer.from('{"version":2,"__proto__":{"frame":1}}'))), 'schema');
  assert.equal(of((value) => { value['version'] = 'constructor'; }), 'schema');
});
