// SPDX-License-Identifier: MIT OR Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compare } from '@page/components/comparison.js';
import { treeOf, walk } from '@page/components/model.js';
import { beginsRun, MOST_SNAPSHOTS, Run } from '@page/components/run.js';
import { Backoff } from '../../src/backoff';
import { compareVersions } from '../../src/find_program';
import { clean, cut, forLabel, forNotification } from '../../src/names';
import { checkedMessage } from '../../webview/protocol';
import { snapshot, tag } from './samples';

test('another process or a smaller frame begins a run', () => {
  assert.ok(beginsRun(undefined, snapshot(5)));
  assert.ok(!beginsRun(snapshot(5), snapshot(5)));
  assert.ok(!beginsRun(snapshot(5), snapshot(6)));
  assert.ok(beginsRun(snapshot(5), snapshot(4)));
  assert.ok(beginsRun(snapshot(5), snapshot(6, [], [], 1)));
});

test('a run keeps 600 points, and peaks of all it has seen', () => {
  const run = new Run(1);
  run.add(snapshot(1, [tag('a::b', 1000), tag('a', 1)]));
  for (let frame = 2; frame <= 700; ++frame) run.add(snapshot(frame, [tag('a::b', frame)]));
  assert.equal(run.points.length, MOST_SNAPSHOTS);
  assert.equal(run.sequence, 700);
  assert.equal(run.points[0]?.frame, 101);
  assert.equal(run.peaks.get('a'), 1001);
});

test('a frame that is told again replaces its point', () => {
  const run = new Run(1);
  run.add(snapshot(1, [tag('a', 1)]));
  run.add(snapshot(1, [tag('a', 2)]));
  assert.equal(run.points.length, 1);
  assert.equal(run.history.length, 1);
});

test('thousands of tags leave the history of a sparkline', () => {
  const run = new Run(1);
  const many = Array.from({ length: 9000 }, (_, i) => tag(`t${i}`, 1));
  for (let frame = 1; frame <= 25; ++frame) run.add(snapshot(frame, many));
  assert.ok(run.history.length >= 8 && run.history.length < 25);
});

test('the tree sums up what is below', () => {
  const seen: [string, number, number, number][] = [];
  walk(treeOf([tag('game::physics::contacts', 4), tag('game::physics', 2), tag('', 1), tag('game::hud', 3)]), (node, depth) => seen.push([node.path, depth, node.own, node.bytes]));
  assert.deepEqual(seen, [
    ['game', 0, 0, 9], ['game::physics', 1, 2, 6], ['game::physics::contacts', 2, 4, 4], ['game::hud', 1, 3, 3], ['', 0, 1, 1],
  ]);
});

test('a comparison is by path and kind, largest growth first', () => {
  const rows = compare(snapshot(1, [tag('a', 10), tag('a', 5, 'pool'), tag('gone', 7)]), snapshot(2, [tag('a', 30), tag('a', 5, 'pool'), tag('new', 8)]));
  assert.deepEqual(rows.map((row) => [row.path, row.kind, row.before, row.after, row.delta]), [
    ['a', 'frame', 10, 30, 20], ['new', 'frame', 0, 8, 8], ['a', 'pool', 5, 5, 0], ['gone', 'frame', 7, 0, -7],
  ]);
});

test('names are texts', () => {
  assert.equal(clean('a\nb\u202ec\u0007'), 'a\ufffdb\ufffdc\ufffd');
  assert.equal(forLabel('$(zap) x'), '$\u200b(zap) x');
  assert.equal(forNotification('[a](b)'), '(a)(b)');
  assert.equal(cut('x'.repeat(200)), 'x'.repeat(200));
  assert.equal(cut('x'.repeat(201)), `${'x'.repeat(199)}…`);
  assert.equal(Array.from(cut('😀'.repeat(300))).length, 200);
});

test('only messages of the list are taken from a page', () => {
  assert.deepEqual(checkedMessage({ type: 'goto', file: 'a.cpp', line: 3, more: 1 }), { type: 'goto', file: 'a.cpp', line: 3 });
  for (const bad of [null, 'ready', { type: 'eval' }, { type: 'goto', file: 'a', line: 0 }, { type: 'goto', file: 1, line: 1 }, { type: 'explain', code: 'x' }, { type: 'toString' }]) {
    assert.equal(checkedMessage(bad), undefined);
  }
});

test('a server that ends is started again, later each time, and given up after five', () => {
  const backoff = new Backoff();
  assert.deepEqual([0, 1, 2, 3, 4].map((second) => backoff.next(second * 1000)), [500, 1000, 2000, 4000, undefined]);
  const rare = new Backoff();
  for (let end = 0; end < 10; ++end) assert.equal(rare.next(end * 200_000), 500);
});

test('versions compare by number', () => {
  assert.ok(compareVersions('0.10.0', '0.9.9') > 0);
  assert.ok(compareVersions('', '0.1.0') < 0);
  assert.equal(compareVersions('0.1.0-dev', '0.1.0'), 0);
});
