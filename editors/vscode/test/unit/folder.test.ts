// SPDX-License-Identifier: MIT OR Apache-2.0
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { Folder, type Taken } from '../../src/folder';
import { isLive, programIn, programsBelow } from '../../src/programs';
import { SnapshotReader } from '../../src/snapshot_file';
import { bytesOf, snapshot, tag } from './samples';

function temporary(context: TestContext): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fa-unit-'));
  context.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}
const named = (frame: number): string => `snapshot_${String(frame).padStart(16, '0')}.json`;
function put(folder: string, frame: number, age = 0, pid = 4711): string {
  fs.mkdirSync(folder, { recursive: true });
  const file = path.join(folder, named(frame));
  fs.writeFileSync(file, bytesOf(snapshot(frame, [tag('a', frame)], [], pid)));
  const when = Date.now() / 1000 - age;
  fs.utimesSync(file, when, when);
  return file;
}

test('files that are none are refused, each with its reason', async (context) => {
  const folder = temporary(context);
  const reader = new SnapshotReader();
  context.after(() => reader.dispose());
  const good = put(folder, 1);
  fs.symlinkSync(good, path.join(folder, 'link'));
  fs.mkdirSync(path.join(folder, 'folder'));
  spawnSync('mkfifo', [path.join(folder, 'pipe')]);
  fs.writeFileSync(path.join(folder, 'large'), '');
  fs.truncateSync(path.join(folder, 'large'), 16 * 1024 * 1024 + 1);
  assert.ok('snapshot' in ((await reader.read(good)) as object));
  const reasons: Record<string, string> = { link: 'kind', folder: 'kind', pipe: 'kind', large: 'size' };
  for (const [name, reason] of Object.entries(reasons)) assert.deepEqual(await reader.read(path.join(folder, name)), { reason }, name);
  assert.equal(await reader.read(path.join(folder, 'nothing')), 'gone');
});

test('large snapshots are taken apart elsewhere, and give the same', async (context) => {
  const folder = temporary(context);
  const reader = new SnapshotReader();
  context.after(() => reader.dispose());
  const large = snapshot(7, Array.from({ length: 8000 }, (_, i) => tag(`tag number ${i}`, i)));
  const file = path.join(folder, named(7));
  fs.writeFileSync(file, bytesOf(large));
  assert.deepEqual(await reader.read(file), { snapshot: large });
});

test('programs are folders with snapshots, to depth 5, and no links', async (context) => {
  const root = temporary(context);
  put(path.join(root, 'a/b/c/d/e'), 1);
  put(path.join(root, 'a/b/c/d/e/f'), 1);
  put(path.join(root, 'node_modules/x'), 1);
  put(path.join(root, '.git'), 1);
  put(path.join(root, 'old'), 3, 60);
  fs.mkdirSync(path.join(root, 'no'));
  fs.writeFileSync(path.join(root, 'no', 'snapshot_12.json'), '{}');
  fs.symlinkSync(path.join(root, 'old'), path.join(root, 'linked'));
  const found = (await programsBelow(root)).map((program) => [path.relative(root, program.directory), isLive(program, Date.now())]);
  assert.deepEqual(found.sort(), [['a/b/c/d/e', true], ['old', false]]);
  assert.equal((await programIn(path.join(root, 'old')))?.newest, named(3));
  assert.equal(await programIn(path.join(root, 'nowhere')), undefined);
});

test('a folder is read in the order in which it was written, each file once', async (context) => {
  const root = temporary(context);
  put(root, 900, 30, 1); // of the run before
  put(root, 1, 20);
  put(root, 2, 10);
  const batches: Taken[][] = [];
  const folder = new Folder(root, { taken: (_, snapshots) => batches.push(snapshots), changed: () => undefined });
  context.after(() => folder.dispose());
  await folder.look();
  assert.deepEqual(batches.flat().map((one) => [one.snapshot.frame, one.begun]), [[900, true], [1, true], [2, false]]);
  assert.equal(folder.live, false);
  assert.equal(folder.run.sequence, 2);
  fs.writeFileSync(path.join(root, named(3)), 'no');
  put(root, 4);
  await folder.look();
  await folder.look();
  assert.deepEqual(batches.slice(1).map((batch) => batch.map((one) => one.snapshot.frame)), [[4]]);
  assert.deepEqual(folder.problems, [{ file: named(3), reason: 'json' }]);
  assert.equal(folder.live, true);
  fs.rmSync(path.join(root, named(3)));
  fs.rmSync(path.join(root, named(1)));
  await folder.look();
  assert.deepEqual(folder.problems, []);
  assert.equal(folder.run.points.length, 3, 'pruned snapshots stay in the history');
  assert.equal(folder.name, 'game');
});
