// SPDX-License-Identifier: MIT OR Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { levelsOf } from '@page/components/model.js';
import type { Level, Limit, Snapshot } from '@page/components/types';
import { Queue, Watch, type Notice } from '../../src/budgets';
import { limit, MiB, snapshot, tag } from './samples';

class Player {
  levels: ReadonlyMap<string, Level> = new Map();
  constructor(readonly watch = new Watch()) {}
  play(shot: Snapshot): Notice[] {
    this.levels = levelsOf(shot, this.levels);
    return this.watch.look(shot, this.levels, 80);
  }
  texts(frame: number, ...budgets: Limit[]): string[] {
    return this.play(snapshot(frame, [], budgets)).map((notice) => notice.text);
  }
}

test('a budget at the threshold is told once, and again only after it was 5 points below', () => {
  const player = new Player();
  assert.deepEqual(player.texts(1, limit('physics', 1 * MiB, 8 * MiB)), []);
  assert.deepEqual(player.texts(120, limit('physics', 6.8 * MiB, 8 * MiB)), ["'physics' is at 85 % of its budget: 6.80 MiB of 8.00 MiB, frame 120."]);
  const at = (percent: number): Limit => limit('physics', Math.ceil((percent * 8 * MiB) / 100), 8 * MiB, 7 * MiB);
  assert.deepEqual(player.texts(121, at(90)), ["'physics' is at 90 % of its budget: 7.20 MiB of 8.00 MiB, frame 121."].slice(1));
  assert.deepEqual(player.texts(122, at(76)), []);
  assert.deepEqual(player.texts(123, at(81)), [], '76 is not 5 below 80');
  assert.deepEqual(player.texts(124, at(75)), []);
  assert.equal(player.texts(125, at(80)).length, 1);
});

test('a peak that grew counts, since frame budgets are empty between frames', () => {
  const player = new Player();
  assert.equal(player.texts(1, limit('physics', 0, 8 * MiB, 7 * MiB)).length, 1, 'the first snapshot of a run');
  player.watch.restart(false);
  assert.equal(player.texts(2, limit('physics', 0, 8 * MiB, 7 * MiB)).length, 0, 'it did not grow');
  assert.equal(player.texts(3, limit('physics', 0, 8 * MiB, 7.5 * MiB)).length, 1);
});

test('a denial is told whenever the count grew', () => {
  const player = new Player();
  assert.deepEqual(player.texts(1, limit('physics', 0, 8 * MiB, 0, 5)), [], 'what was before we came is old news');
  assert.deepEqual(player.texts(130, limit('physics', 0, 8 * MiB, 0, 8)), ["'physics' was denied memory 3 times: its budget of 8.00 MiB is full, frame 130."]);
  assert.deepEqual(player.texts(131, limit('physics', 0, 8 * MiB, 0, 9)), ["'physics' was denied memory 1 time: its budget of 8.00 MiB is full, frame 131."]);
  player.watch.restart(true);
  assert.equal(player.texts(2, limit('physics', 0, 8 * MiB, 0, 2)).length, 1, 'a run that was seen from its start');
});

test('who holds most is named, for the program and for tags that have others below', () => {
  const tags = [tag('game', 1), tag('game::physics', 5.1 * MiB), tag('hud', 2 * MiB)];
  const player = new Player();
  const texts = player.play(snapshot(7, tags, [limit('', 8 * MiB, 10 * MiB), limit('game', 8 * MiB, 10 * MiB), limit('hud', 8 * MiB, 10 * MiB)]));
  assert.deepEqual(texts.map((notice) => notice.text), [
    "The program is at 80 % of its budget: 8.00 MiB of 10.0 MiB, frame 7. Largest: 'game::physics' (5.10 MiB).",
    "'game' is at 80 % of its budget: 8.00 MiB of 10.0 MiB, frame 7. Largest: 'game::physics' (5.10 MiB).",
    "'hud' is at 80 % of its budget: 8.00 MiB of 10.0 MiB, frame 7.",
  ]);
});

test('threads are named as threads', () => {
  const shot = snapshot(3);
  shot.threads.push({ id: '2', name: 'worker 1', frame_bytes: 90, pool_bytes: 0, heap_bytes: 0, peak_bytes: 90, budget: { limit: 100, used: 90, percent: 90 } });
  assert.equal(new Player().play(shot)[0]?.text, "Thread 'worker 1' is at 90 % of its budget: 90 B of 100 B, frame 3.");
});

test('the soft limit counts where there is no hard one', () => {
  const soft = { ...limit('a', 9, 0), soft_limit: 10 };
  assert.equal(levelsOf(snapshot(1, [], [soft]), new Map()).get('tag:a')?.limit, 10);
  assert.equal(levelsOf(snapshot(1, [], [{ ...soft, soft_limit: 0 }]), new Map()).size, 0);
});

const notice = (name: string, denial = false): Notice => ({
  key: `tag:${name}`, denial, text: `${name}${denial ? ' denied' : ''}`,
  level: { key: `tag:${name}`, scope: 'tag', tag: name, used: 0, peak: 0, limit: 1, soft: 0, denials: 0, level: 1, percent: 100 },
});

test('one notice in an interval; what waits is joined, a denial goes first', () => {
  const queue = new Queue();
  queue.add([notice('a')]);
  assert.equal(queue.take(1000, 10_000, 80)?.text, 'a');
  queue.add([notice('physics')]);
  assert.equal(queue.take(2000, 10_000, 80), undefined);
  assert.equal(queue.waitMs(2000, 10_000), 9000);
  queue.add([notice('render'), notice('hud'), notice('fx', true), notice('physics')]);
  assert.equal(queue.take(11_000, 10_000, 80)?.text, 'fx denied');
  assert.equal(queue.take(12_000, 10_000, 80), undefined);
  assert.equal(queue.take(21_000, 10_000, 80)?.text, "Budgets above 80 %: 'render', 'hud', 'physics'.");
  assert.equal(queue.waitMs(22_000, 10_000), undefined);
});

test('without an interval each is told by itself', () => {
  const queue = new Queue();
  queue.add([notice('a'), notice('b')]);
  assert.equal(queue.take(1, 0, 80)?.text, 'a');
  assert.equal(queue.take(1, 0, 80)?.text, 'b');
  assert.equal(queue.take(1, 0, 80), undefined);
});

test('names in notices make no links', () => {
  const text = new Player().texts(1, limit('[x](command:evil)\u202e', 9, 10))[0];
  assert.equal(text, "'(x)(command:evil)\ufffd' is at 90 % of its budget: 9 B of 10 B, frame 1.");
});
