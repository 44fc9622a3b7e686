// SPDX-License-Identifier: MIT OR Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytes, nearestRank, percent, sparkline, trend } from '@page/components/figures.js';
import { MiB } from './samples';

test('bytes have as many decimals as say something', () => {
  const cases: [number, string][] = [
    [0, '0 B'], [1, '1 B'], [1023, '1023 B'], [1024, '1.00 KiB'], [1536, '1.50 KiB'], [10 * 1024, '10.0 KiB'], [100 * 1024, '100 KiB'],
    [4 * MiB, '4.00 MiB'], [5.25 * MiB, '5.25 MiB'], [33 * MiB, '33.0 MiB'], [1024 * MiB, '1.00 GiB'], [2 ** 40, '1.00 TiB'],
    [1023 * 1024 + 1023, '1.00 MiB'], [2 ** 53, '≥ 8.00 PiB'], [2 ** 60, '≥ 8.00 PiB'], [-2048, '−2.00 KiB'],
  ];
  for (const [value, text] of cases) assert.equal(bytes(value), text);
});

test('percentages are rounded down', () => {
  assert.equal(percent(6.8 * MiB, 8 * MiB), 85);
  assert.equal(percent(79.999, 100), 79);
  assert.equal(percent(1, 0), 0);
  assert.equal(percent(100, 100), 100);
});

test('a sparkline is scaled from zero and shows the newest eight', () => {
  assert.equal(sparkline([0, 0]), '▁▁');
  assert.equal(sparkline([5, 5, 5]), '███');
  assert.equal(sparkline([0, 1, 2, 3, 4, 5, 6, 7]), '▁▂▃▄▅▆▇█');
  assert.equal(sparkline([100, 0, 1, 2, 3, 4, 5, 6, 7]), '▁▂▃▄▅▆▇█');
  assert.equal(sparkline([7]), '█');
});

test('the arrow compares the newest with the mean of those before', () => {
  assert.equal(trend([10]), '→');
  assert.equal(trend([10, 10.5]), '→');
  assert.equal(trend([10, 10.6]), '↗');
  assert.equal(trend([10, 9.4]), '↘');
  assert.equal(trend([0, 1]), '↗');
  assert.equal(trend([1000, 10, 10, 10, 10, 10, 10, 10, 12]), '↗');
});

test('percentiles are of the nearest rank', () => {
  assert.equal(nearestRank([], 0.5), undefined);
  assert.equal(nearestRank([3, 1, 2], 0.5), 2);
  assert.equal(nearestRank([4, 3, 2, 1], 0.5), 2);
  assert.equal(nearestRank(Array.from({ length: 100 }, (_, i) => i + 1), 0.99), 99);
});
