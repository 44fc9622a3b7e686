// SPDX-License-Identifier: MIT OR Apache-2.0
// Whether a text is a snapshot: docs/schema/snapshot-v*.schema.json, with unknown keys passed over. Files are input of strangers.
import type { Snapshot } from '@page/components/types';

export const MOST_BYTES = 16 * 1024 * 1024;
const MOST_TAGS = 10_000;
const MOST_THREADS = 1_000;
const MOST_PHASES = 1_000;
const MOST_DIAGNOSTICS = 10_000;
const MOST_OTHERS = 10_000;

export type Reason = 'size' | 'json' | 'schema' | 'kind';
export type Parsed = { snapshot: Snapshot } | { reason: Reason };

type Check = (value: unknown) => boolean;
type Shape = Record<string, Check>;

const text: Check = (value) => typeof value === 'string';
const flag: Check = (value) => typeof value === 'boolean';
const whole: Check = (value) => typeof value === 'number' && value >= 0 && Number.isInteger(value);
const real: Check = (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0;
const code: Check = (value) => typeof value === 'string' && /^FA[0-9]{3}$/.test(value);
const oneOf = (...words: string[]): Check => (value) => typeof value === 'string' && words.includes(value);
const orNull = (check: Check): Check => (value) => value === null || check(value);
const absentOr = (check: Check): Check => (value) => value === undefined || check(value);
const object = (shape: Shape): Check => (value) => {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
  const fields = value as Record<string, unknown>;
  return Object.keys(shape).every((key) => shape[key]!(Object.hasOwn(fields, key) ? fields[key] : undefined));
};
const list = (element: Check, most: number): Check => (value) => Array.isArray(value) && value.length <= most && value.every(element);
const wholes = (...keys: string[]): Shape => Object.fromEntries(keys.map((key) => [key, whole]));

const budget = orNull(object({ limit: whole, used: whole, percent: whole }));
const kind = oneOf('frame', 'pool', 'heap', 'scratch');
const TIMESTAMP = /^[0-9]{4,}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$/;

const tag = object({
  path: text, thread: text, alloc_kind: kind, alloc_count: whole, bytes: whole,
  avg_lifetime_frames: real, promotion_rate: real, diagnostics: list(code, MOST_OTHERS),
});
const threadV1: Shape = { id: text, name: text, ...wholes('frame_bytes', 'pool_bytes', 'heap_bytes', 'peak_bytes'), budget };
const summaryV1 = wholes('frame_bytes', 'pool_bytes', 'heap_bytes', 'total_bytes', 'peak_bytes');

const V1: Shape = {
  timestamp: (value) => typeof value === 'string' && TIMESTAMP.test(value),
  frame: whole,
  duration_us: whole,
  summary: object(summaryV1),
  threads: list(object(threadV1), MOST_THREADS),
  tags: list(tag, MOST_TAGS),
  promotions: object(wholes('to_pool', 'to_heap', 'failed')),
  transfers: object(wholes('pending', 'completed_this_frame')),
  deferred: object(wholes('queue_depth', 'processed_this_frame')),
  diagnostics: list(object({ code, tag: orNull(text), message: text }), MOST_DIAGNOSTICS),
};

const device = object({
  name: text,
  frame: whole,
  totals: object({
    ...wholes('total_bytes', 'allocated_bytes', 'transient_bytes', 'persistent_bytes', 'retired_bytes', 'padding_bytes', 'free_bytes',
      'dedicated_bytes', 'peak_usage', 'peak_total', 'allocation_count', 'failed_allocations', 'device_allocations', 'device_frees', 'block_count'),
    fragmentation: real,
  }),
  heaps: list(object({ ...wholes('index', 'size', 'limit', 'budget', 'reserved', 'used', 'external', 'denials'), device_local: flag, measured: flag }), 1000),
  tags: list(object({ path: text, ...wholes('bytes', 'peak_bytes', 'subtree_bytes', 'limit', 'denials') }), MOST_TAGS),
});

const V2: Shape = {
  ...V1,
  units: object({ bytes: oneOf('B'), duration_us: oneOf('us'), lifetime: oneOf('frames') }),
  process: object({ id: whole, name: text }),
  summary: object({ ...summaryV1, ...wholes('reserved_bytes', 'peak_reserved_bytes', 'idle_bytes', 'metadata_bytes', 'allocation_count', 'deallocation_count') }),
  // Libraries of old wrote no pool_budget and no gpu.
  threads: list(object({ ...threadV1, reserved_bytes: whole, pool_budget: absentOr(budget) }), MOST_THREADS),
  phases: list(object({
    name: text,
    ...wholes('count', 'bytes_total', 'bytes_last_frame', 'bytes_peak_frame', 'duration_us_total', 'duration_us_last_frame', 'duration_us_max'),
  }), MOST_PHASES),
  budgets: list(object({ tag: text, scope: oneOf('global', 'tag'), ...wholes('soft_limit', 'hard_limit', 'used', 'peak', 'denials') }), MOST_OTHERS),
  promotions: object(wholes('to_pool', 'to_heap', 'to_scratch', 'failed')),
  transfers: object(wholes('pending', 'completed_this_frame', 'completed_total')),
  deferred: object(wholes('queue_depth', 'processed_this_frame', 'processed_total')),
  gpu: absentOr(orNull(object({ devices: list(device, 100) }))),
};

const V3: Shape = {
  ...V2,
  pools: list(object(wholes('block_bytes', 'pages', 'blocks', 'free_blocks', 'allocations')), MOST_OTHERS),
  handles: orNull(object(wholes('count', 'bytes', 'slots', 'relocatable', 'pinned', 'deferred_frees', 'chunks', 'chunk_bytes', 'hole_bytes',
    'large_bytes', 'relocations_total', 'relocated_bytes_total'))),
  streaming: orNull(object(wholes('budget', 'reserved_bytes', 'loaded_bytes', 'peak_bytes', 'pinned_bytes', 'assets', 'reserved', 'loading',
    'ready', 'evicting', 'failed', 'pinned', 'evictions_total', 'evicted_bytes_total', 'denials'))),
  sites: list(object({ file: text, line: whole, function: text, type: text, tag: text, alloc_kind: kind, ...wholes('count', 'bytes', 'age_frames') }), 1000),
};

const SHAPES: Record<number, Check> = { 1: object(V1), 2: object(V2), 3: object(V3) };

/** Result: the snapshot in these bytes, or why there is none. */
export function parseSnapshot(content: Uint8Array): Parsed {
  if (content.byteLength > MOST_BYTES) return { reason: 'size' };
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content));
  } catch {
    return { reason: 'json' };
  }
  const version = value !== null && typeof value === 'object' ? (value as { version?: unknown }).version : undefined;
  const check = typeof version === 'number' ? SHAPES[version] : undefined;
  if (check === undefined || !check(value)) return { reason: 'schema' };
  return { snapshot: value as Snapshot };
}
