// SPDX-License-Identifier: MIT OR Apache-2.0
// What an attached editor costs a game: node test/e2e/cost.mjs [ROUNDS [SECONDS]] (6 rounds of 10 s each way). One process plays at
// 60 frames a second; the extension, with its inspector and lenses on screen, is attached to it and detached in turns. Printed are the
// ratios, attached to detached, of the frame times of each round and their median. Nothing is asserted: a machine that is busy has noise.
// FA_CODE_SERVER as for run.mjs; FA_GAME: cost_game.cpp compiled, else it is, with g++ -O2.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runInHost } from './in_host.mjs';
import { extensionRoot } from './lib.mjs';

const rounds = Number(process.argv[2] ?? 6);
const seconds = Number(process.argv[3] ?? 10);
const repository = path.resolve(extensionRoot, '../..');
const tmp = fs.mkdtempSync(path.join(os.tmpdir(), 'fa-cost-'));
const times = path.join(tmp, 'times');
let game;
process.once('exit', () => {
  game?.kill('SIGKILL');
  fs.rmSync(tmp, { recursive: true, force: true });
});

let program = process.env.FA_GAME;
if (program === undefined) {
  program = path.join(tmp, 'cost_game');
  execFileSync(path.join(repository, 'cmake/amalgamate.py'), [tmp]);
  execFileSync(process.env.CXX ?? 'g++', [
    '-std=c++20', '-O2', '-DNDEBUG', '-pthread', '-I', tmp, path.join(import.meta.dirname, 'cost_game.cpp'), path.join(tmp, 'framealloc/framealloc.cpp'),
    '-o', program,
  ], { stdio: 'inherit' });
}

const spans = [];
const code = await runInHost({
  suite: 'cost.cjs',
  settings: { 'framealloc.autoAttach': false, 'framealloc.notices.enabled': false },
  machine: { 'framealloc.path': process.env.FA_PROGRAM || '/nowhere/fa' },
  fill: (workspace) => {
    fs.cpSync(path.join(import.meta.dirname, 'game.cpp'), path.join(workspace, 'main.cpp'));
    fs.writeFileSync(path.join(workspace, 'cost.json'), JSON.stringify({ rounds, seconds }));
    game = spawn(program, [path.join(workspace, 'snapshots'), times], { stdio: 'inherit' });
  },
  said: (line) => spans.push(JSON.parse(line)),
  meanwhile: async (page, server, end) => {
    await end;
    game.kill('SIGTERM');
  },
  most: (rounds * 2 * (seconds + 3) + 180) * 1000,
});
if (code !== 0) throw new Error(`the suite ended with ${code}`);

const frames = fs.readFileSync(times, 'utf8').trimEnd().split('\n').map((line) => line.split(' ').map(Number)).filter((row) => row.length === 4);
const sorted = (values) => [...values].sort((a, b) => a - b);
const rank = (values, part) => sorted(values)[Math.min(Math.ceil(part * values.length), values.length) - 1];
const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
const figures = {
  p50: (some) => rank(some.map(([, took]) => took), 0.5),
  p95: (some) => rank(some.map(([, took]) => took), 0.95),
  p99: (some) => rank(some.map(([, took]) => took), 0.99),
  mean: (some) => mean(some.map(([, took]) => took)),
  // Frames that wrote a snapshot are among them.
  'mean of processor': (some) => mean(some.map(([, , used]) => used)),
  'p50 of processor': (some) => rank(some.map(([, , used]) => used), 0.5),
};
const ratios = Object.fromEntries(Object.keys(figures).map((name) => [name, []]));
let written = 0;
for (let round = 0; round < rounds; ++round) {
  const of = (attached) => {
    const span = spans.find((one) => one.round === round && one.attached === attached);
    if (span.state !== attached) throw new Error(`round ${round}: the game was ${span.state ? '' : 'not '}attached`);
    const rows = frames.filter(([at]) => at >= span.from && at < span.to);
    if (attached) written += rows.reduce((all, [, , , wanted]) => all + wanted, 0);
    return rows;
  };
  const [without, withEditor] = [of(false), of(true)];
  const cells = Object.entries(figures).map(([name, figure]) => {
    const [a, b] = [figure(without), figure(withEditor)];
    ratios[name].push(b / a);
    return `${name} ${a.toFixed(0)} -> ${b.toFixed(0)} us`;
  });
  console.log(`round ${round + 1}: ${without.length} and ${withEditor.length} frames; ${cells.join('; ')}`);
}
for (const [name, all] of Object.entries(ratios)) {
  console.log(`${name}: ratio ${rank(all, 0.5).toFixed(3)} (${sorted(all).map((one) => one.toFixed(2)).join(' ')})`);
}
console.log(`snapshots written while attached: ${(written / (rounds * seconds)).toFixed(2)} a second`);
// Node's exit handler removes the folder.
process.exit(0);
