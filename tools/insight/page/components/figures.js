// SPDX-License-Identifier: MIT OR Apache-2.0
// How figures are written: the same in lenses, notices, the status item, the inspector and the page of `fa insight`.

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
const BARS = '▁▂▃▄▅▆▇█';

/**
 * Bytes as "5.25 MiB": no decimals for B and from 100 on, 1 from 10 on, else 2.
 * @param {number} value
 * @returns {string}
 */
export function bytes(value) {
  if (value < 0) return '−' + bytes(-value);
  if (value >= 2 ** 53) return '≥ 8.00 PiB';
  let size = value;
  let unit = 0;
  while (size >= 1024 && unit < UNITS.length - 1) {
    size /= 1024;
    ++unit;
  }
  // What rounds up to 1024 is one of the next unit.
  if (unit > 0 && unit < UNITS.length - 1 && Math.round(size) >= 1024) {
    size /= 1024;
    ++unit;
  }
  return size.toFixed(decimals(size, unit)) + ' ' + UNITS[unit];
}

/** @param {number} size @param {number} unit */
function decimals(size, unit) {
  if (unit === 0 || size >= 99.95) return 0;
  return size >= 9.995 ? 1 : 2;
}

/**
 * A difference with its sign; "0 B" of none.
 * @param {number} delta
 */
export const signed = (delta) => (delta > 0 ? `+${bytes(delta)}` : bytes(delta));

/**
 * Part of a whole in per cent, rounded down; 0 of nothing.
 * @param {number} part
 * @param {number} whole
 */
export const percent = (part, whole) => (whole > 0 ? Math.floor((part * 100) / whole) : 0);

/** @param {number} value */
export const count = (value) => value.toLocaleString('en-US');

/** @param {number} us */
export const time = (us) => (us >= 1000 ? `${(us / 1000).toFixed(us >= 100_000 ? 0 : 2)} ms` : `${count(us)} µs`);

/**
 * One bar a value, scaled from zero; at most the newest eight.
 * @param {readonly number[]} values
 */
export function sparkline(values) {
  const shown = values.slice(-8);
  const most = Math.max(...shown, 0);
  return shown.map((value) => BARS[most > 0 ? Math.round((7 * value) / most) : 0]).join('');
}

/**
 * The newest against the mean of the (up to seven) before it.
 * @param {readonly number[]} values
 * @returns {'↗' | '→' | '↘'}
 */
export function trend(values) {
  const before = values.slice(-8, -1);
  const newest = values[values.length - 1];
  if (newest === undefined || before.length === 0) return '→';
  const mean = before.reduce((sum, value) => sum + value, 0) / before.length;
  if (newest > mean * 1.05) return '↗';
  return newest < mean * 0.95 ? '↘' : '→';
}

/**
 * The value below which `share` of all lie, by nearest rank.
 * @param {readonly number[]} values
 * @param {number} share
 * @returns {number | undefined}
 */
export function nearestRank(values, share) {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(Math.ceil(share * sorted.length), 1) - 1];
}
