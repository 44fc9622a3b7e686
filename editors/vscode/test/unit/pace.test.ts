// SPDX-License-Identifier: MIT OR Apache-2.0
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { Pace } from '../../src/pace';

beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 }));
afterEach(() => mock.timers.reset());

/** What came at 60 a second for so long. */
function play(pace: Pace, ms: number): void {
  for (let at = 0; at < ms; at += 16) {
    pace.later();
    mock.timers.tick(16);
  }
}

test('it is told at the rate that is set, and once when nothing follows', () => {
  let told = 0;
  const pace = new Pace(() => (++told, false), () => 250);
  play(pace, 2000);
  assert.equal(told, 8);
  mock.timers.tick(5000);
  assert.equal(told, 9);
  mock.timers.tick(5000);
  assert.equal(told, 9);
});

test('nothing is told while what was told is not taken in; then the newest, at once', () => {
  let told = 0;
  const pace = new Pace(() => (++told, true), () => 17, 60_000);
  play(pace, 5000);
  assert.equal(told, 1);
  pace.done();
  mock.timers.tick(1);
  assert.equal(told, 2);
  pace.done();
  mock.timers.tick(10_000);
  assert.equal(told, 2, 'nothing has come since');
});

test('after an answer there is a rest, as long again as the answer took', () => {
  let told = 0;
  const pace = new Pace(() => (++told, true), () => 250, 10_000, 250);
  play(pace, 320);
  assert.equal(told, 1);
  pace.done();  // took 320 ms at most, 304 at least
  play(pace, 544);
  assert.equal(told, 1);
  play(pace, 48);
  assert.equal(told, 2);
  mock.timers.tick(3000);
  pace.done();
  play(pace, 3200);
  assert.equal(told, 2, 'a slow listener has the time that it needs');
  play(pace, 100);
  assert.equal(told, 3);
});

test('an answer that was not waited for has a rest too', () => {
  let told = 0;
  const pace = new Pace(() => (++told, false), () => 17, 0, 250);
  pace.done();
  play(pace, 240);
  assert.equal(told, 0);
  play(pace, 32);
  assert.equal(told, 1);
});

test('who does not answer is told again after a while', () => {
  let told = 0;
  const pace = new Pace(() => (++told, true), () => 17, 2000);
  play(pace, 6100);
  assert.equal(told, 4);
});
