// SPDX-License-Identifier: MIT OR Apache-2.0
// Whether anything grows while a program writes 60 snapshots a second: node test/e2e/soak.mjs [MINUTES] (10). It prints the heap of the
// extension host and of the inspector's page, both after a collection, and fails when one has grown by a tenth since the first minute.
// It is no part of ./dev test-vscode without a name: it takes as long as it says.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { runInHost } from './in_host.mjs';
import { pause, until, Workbench } from './lib.mjs';

const minutes = Number(process.argv[2] ?? 10);
if (!(minutes >= 2)) {
  console.error('soak: at least 2 minutes: the first is for warming up');
  process.exit(2);
}
const seconds = minutes * 60;
const everySeconds = 15;
const MOST_GROWTH = 0.1;

const samples = { host: [], page: [] };
const MiB = (bytes) => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
let game;
process.once('exit', () => game?.kill());
const code = await runInHost({
  suite: 'soak.cjs',
  settings: { 'framealloc.notices.enabled': false },
  machine: { 'framealloc.path': process.env.FA_PROGRAM || '/nowhere/fa' },
  fill: (workspace) => {
    fs.cpSync(path.join(import.meta.dirname, 'game.cpp'), path.join(workspace, 'main.cpp'));
    fs.writeFileSync(path.join(workspace, 'soak.json'), JSON.stringify({ seconds, everySeconds }));
    game = spawn(process.execPath, [path.join(import.meta.dirname, 'fast_game.mjs'), path.join(workspace, 'snapshots')], { stdio: 'inherit' });
  },
  said: (line) => {
    const sample = JSON.parse(line);
    samples.host.push(sample);
    console.log(`${String(sample.at).padStart(4)} s  extension host ${MiB(sample.heap)}, ${sample.snapshots} snapshots`);
  },
  meanwhile: async (page, server, end) => {
    // Before its folder is removed.
    void end.then(() => game.kill());
    const frame = await new Workbench(page).webview('inspector', 120_000);
    const began = Date.now();
    const root = frame.locator('[data-testid="inspector"]');
    await until(async () => Number(await root.getAttribute('data-snapshots')) > 0, 'snapshots on the page');
    let ended = false;
    void end.then(() => (ended = true));
    while (!ended) {
      const heap = await frame.evaluate(() => {
        gc();
        return performance.memory.usedJSHeapSize;
      });
      const sample = { at: Math.round((Date.now() - began) / 1000), heap, snapshots: Number(await root.getAttribute('data-snapshots')) };
      samples.page.push(sample);
      console.log(`${String(sample.at).padStart(4)} s  page ${MiB(heap)}, ${sample.snapshots} snapshots`);
      await Promise.race([end, pause(everySeconds * 1000)]);
    }
  },
  most: (seconds + 240) * 1000,
});

let failed = code === 0 ? 0 : 1;
for (const [what, all] of Object.entries(samples)) {
  const later = all.filter((one) => one.at >= 60);
  const third = Math.ceil(later.length / 3);
  // A single sample may catch a message on its way.
  const least = (some) => Math.min(...some.map((one) => one.heap));
  const [before, after] = [least(later.slice(0, third)), least(later.slice(-third))];
  const growth = (after - before) / before;
  const rate = all.length > 1 ? (all.at(-1).snapshots - all[0].snapshots) / (all.at(-1).at - all[0].at) : 0;
  const good = later.length >= 3 && growth < MOST_GROWTH;
  if (!good) ++failed;
  console.log(`${good ? 'ok  ' : 'FAIL'} ${what}: ${MiB(before)} after a minute, ${MiB(after)} at the end, ${(100 * growth).toFixed(1)} %; ${rate.toFixed(0)} snapshots a second`);
}
process.exit(failed > 0 ? 1 : 0);
