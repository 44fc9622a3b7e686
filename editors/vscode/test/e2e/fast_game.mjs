// SPDX-License-Identifier: MIT OR Apache-2.0
// A program that writes 60 snapshots a second into the folder that is named, and keeps the newest 30, as an emitter does; until it is killed.
import fs from 'node:fs';
import { budget, MiB, snapshot, tag, write } from './snapshots.mjs';

const folder = process.argv[2];
const KEPT = 30;
const tags = Array.from({ length: 60 }, (_, i) => `game::system${i % 6}::part${i}`);
const files = [];
let frame = 0;

function play() {
  ++frame;
  files.push(write(folder, snapshot(frame, {
    pid: process.pid,
    tags: [tag('game::physics', Math.round((3 + Math.sin(frame / 30)) * MiB)), ...tags.map((one, i) => tag(one, 4096 * ((frame + i) % 50)))],
    budgets: [budget('game::physics', MiB, 8 * MiB)],
    // One each second, and never the same: what is kept of reports would be seen to grow.
    diagnostics: frame % 60 === 0 ? [{ code: 'FA007', tag: null, message: `leak: ${frame} blocks at main.cpp:12` }] : [],
  })));
  if (files.length > KEPT) fs.rmSync(files.shift(), { force: true });
}

// By the clock: a timer of 1000 / 60 ms fires later each time, some 50 times a second. What a pause of the machine has cost is not
// made up for beyond a few frames, as no game does.
const PERIOD = 1000 / 60;
let due = performance.now();
setInterval(() => {
  const now = performance.now();
  due = Math.max(due, now - 4 * PERIOD);
  for (; due <= now; due += PERIOD) play();
}, 2);
