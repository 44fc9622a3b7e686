// SPDX-License-Identifier: MIT OR Apache-2.0
// The server passes on what the game wrote. A snapshot may hold anything where something else is expected: null, a number,
// a text. What the components are given is whole: figures that are missing are 0, rows that are none are left out.
/** @import { Budget, Kind, Snapshot, Summary } from './components/types' */

/** @typedef {Record<string, unknown>} Unknown */

/** @param {unknown} value @returns {value is Unknown} */
const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);
/** @param {unknown} value @returns {Unknown} */
const objectIn = (value) => (isObject(value) ? value : {});
/** @param {unknown} value @returns {Unknown[]} */
const rowsIn = (value) => (Array.isArray(value) ? value.filter(isObject) : []);
/** @param {unknown} value @returns {number} */
const numberIn = (value) => (typeof value === 'number' && Number.isFinite(value) ? value : 0);
/** @param {unknown} value @returns {string} */
const textIn = (value) => (value === null || value === undefined ? '' : String(value));
/** @param {unknown} value @returns {Kind} */
const kindIn = (value) => (value === 'frame' || value === 'pool' || value === 'scratch' ? value : 'heap');

/**
 * @template {string} K
 * @param {Unknown} row
 * @param {K[]} keys
 * @returns {Record<K, number>}
 */
function numbersOf(row, keys) {
  const all = /** @type {Record<K, number>} */ ({});
  for (const key of keys) all[key] = numberIn(row[key]);
  return all;
}

/** @param {unknown} value @returns {Record<string, number>} */
const allNumbers = (value) => Object.fromEntries(Object.entries(objectIn(value)).map(([key, one]) => [key, numberIn(one)]));

/** @param {unknown} value @returns {Budget | null} */
const budgetIn = (value) => (isObject(value) ? numbersOf(value, ['limit', 'used', 'percent']) : null);

/** @param {Unknown} row @returns {Summary} */
function summaryOf(row) {
  return {
    ...numbersOf(row, ['frame_bytes', 'pool_bytes', 'heap_bytes', 'total_bytes', 'peak_bytes']),
    ...(row['reserved_bytes'] === undefined ? {} : { reserved_bytes: numberIn(row['reserved_bytes']) }),
    ...(row['idle_bytes'] === undefined ? {} : { idle_bytes: numberIn(row['idle_bytes']) }),
  };
}

/**
 * Result: a snapshot with everything that the components read.
 * @param {unknown} value
 * @returns {Snapshot}
 */
export function wholeSnapshot(value) {
  const given = objectIn(value);
  return {
    version: numberIn(given['version']), timestamp: textIn(given['timestamp']), frame: numberIn(given['frame']), duration_us: numberIn(given['duration_us']),
    ...(isObject(given['process']) ? { process: { id: numberIn(given['process']['id']), name: textIn(given['process']['name']) } } : {}),
    summary: summaryOf(objectIn(given['summary'])),
    threads: rowsIn(given['threads']).map((row) => ({
      id: textIn(row['id']), name: textIn(row['name']), ...numbersOf(row, ['frame_bytes', 'pool_bytes', 'heap_bytes', 'peak_bytes']),
      ...(row['reserved_bytes'] === undefined ? {} : { reserved_bytes: numberIn(row['reserved_bytes']) }),
      budget: budgetIn(row['budget']), pool_budget: budgetIn(row['pool_budget']),
    })),
    tags: rowsIn(given['tags']).map((row) => ({
      path: textIn(row['path']), thread: textIn(row['thread'] ?? '*'), alloc_kind: kindIn(row['alloc_kind']), ...numbersOf(row, ['alloc_count', 'bytes']),
      diagnostics: Array.isArray(row['diagnostics']) ? row['diagnostics'].map(textIn) : [],
    })),
    phases: rowsIn(given['phases']).map((row) => ({
      name: textIn(row['name']), ...numbersOf(row, ['count', 'bytes_last_frame', 'bytes_peak_frame', 'duration_us_last_frame', 'duration_us_max']),
    })),
    budgets: rowsIn(given['budgets']).map((row) => ({
      tag: textIn(row['tag']), scope: row['scope'] === 'global' ? 'global' : 'tag', ...numbersOf(row, ['soft_limit', 'hard_limit', 'used', 'peak', 'denials']),
    })),
    promotions: numbersOf(objectIn(given['promotions']), ['to_pool', 'to_heap', 'to_scratch', 'failed']),
    transfers: numbersOf(objectIn(given['transfers']), ['pending', 'completed_this_frame']),
    deferred: numbersOf(objectIn(given['deferred']), ['queue_depth', 'processed_this_frame']),
    diagnostics: rowsIn(given['diagnostics']).map((row) => ({
      code: textIn(row['code']), tag: row['tag'] === null || row['tag'] === undefined ? null : textIn(row['tag']), message: textIn(row['message']),
    })),
    gpu: {
      devices: rowsIn(objectIn(given['gpu'])['devices']).map((row) => ({
        name: textIn(row['name']), frame: numberIn(row['frame']), totals: allNumbers(row['totals']),
        heaps: rowsIn(row['heaps']).map((heap) => ({
          ...numbersOf(heap, ['index', 'size', 'limit', 'budget', 'reserved', 'used', 'external', 'denials']),
          device_local: heap['device_local'] === true, measured: heap['measured'] === true,
        })),
        tags: rowsIn(row['tags']).map((tag) => ({ path: textIn(tag['path']), ...numbersOf(tag, ['bytes', 'peak_bytes', 'subtree_bytes', 'limit', 'denials']) })),
      })),
    },
    pools: rowsIn(given['pools']).map((row) => numbersOf(row, ['block_bytes', 'pages', 'blocks', 'free_blocks', 'allocations'])),
    handles: isObject(given['handles']) ? allNumbers(given['handles']) : null,
    streaming: isObject(given['streaming']) ? allNumbers(given['streaming']) : null,
    sites: rowsIn(given['sites']).map((row) => ({
      file: textIn(row['file']), function: textIn(row['function']), type: textIn(row['type']), tag: textIn(row['tag']), alloc_kind: kindIn(row['alloc_kind']),
      ...numbersOf(row, ['line', 'count', 'bytes', 'age_frames']),
    })),
  };
}
