// SPDX-License-Identifier: MIT OR Apache-2.0
// Snapshots to test with.
import type { Limit, Snapshot, Tag } from '@page/components/types';

export const KiB = 1024;
export const MiB = 1024 * KiB;

export function tag(path: string, bytes: number, kind: Tag['alloc_kind'] = 'frame', thread = '*'): Tag {
  return { path, thread, alloc_kind: kind, alloc_count: 1, bytes, avg_lifetime_frames: 0, promotion_rate: 0, diagnostics: [] } as Tag;
}

export function limit(path: string, used: number, hard: number, peak = used, denials = 0): Limit {
  return { tag: path, scope: path === '' ? 'global' : 'tag', soft_limit: 0, hard_limit: hard, used, peak, denials };
}

export function snapshot(frame: number, tags: Tag[] = [], budgets: Limit[] = [], pid = 4711): Snapshot {
  const sum = (kinds: string[]): number => tags.filter((one) => kinds.includes(one.alloc_kind)).reduce((all, one) => all + one.bytes, 0);
  const [frameBytes, pool, heap] = [sum(['frame', 'scratch']), sum(['pool']), sum(['heap'])];
  return {
    version: 2, timestamp: '2026-11-29T10:00:00Z', frame, duration_us: 1000 + frame, process: { id: pid, name: 'game' },
    units: { bytes: 'B', duration_us: 'us', lifetime: 'frames' },
    summary: {
      frame_bytes: frameBytes, pool_bytes: pool, heap_bytes: heap, total_bytes: frameBytes + pool + heap, peak_bytes: frameBytes + pool + heap,
      reserved_bytes: 64 * MiB, peak_reserved_bytes: 64 * MiB, idle_bytes: 0, metadata_bytes: 0, allocation_count: 0, deallocation_count: 0,
    },
    threads: [], tags, phases: [], budgets,
    promotions: { to_pool: 0, to_heap: 0, to_scratch: 0, failed: 0 },
    transfers: { pending: 0, completed_this_frame: 0, completed_total: 0 },
    deferred: { queue_depth: 0, processed_this_frame: 0, processed_total: 0 },
    diagnostics: [], gpu: null,
  } as unknown as Snapshot;
}

export const bytesOf = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value), 'utf8');
