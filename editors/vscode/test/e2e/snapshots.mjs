// SPDX-License-Identifier: MIT OR Apache-2.0
// Writes snapshots as a game would: whole or not at all.
import fs from 'node:fs';
import path from 'node:path';

export const KiB = 1024;
export const MiB = 1024 * KiB;

export const tag = (tagPath, bytes, kind = 'frame') => ({
  path: tagPath, thread: '*', alloc_kind: kind, alloc_count: 3, bytes, avg_lifetime_frames: 1, promotion_rate: 0, diagnostics: [],
});
export const budget = (tagPath, used, hard, peak = used, denials = 0) => ({
  tag: tagPath, scope: tagPath === '' ? 'global' : 'tag', soft_limit: 0, hard_limit: hard, used, peak, denials,
});

export const device = (name, reserved, size, tags) => ({
  name, frame: 12,
  totals: {
    total_bytes: reserved, allocated_bytes: reserved, transient_bytes: 0, persistent_bytes: reserved, retired_bytes: 0, padding_bytes: 0, free_bytes: 0, dedicated_bytes: 0,
    peak_usage: reserved, peak_total: reserved, allocation_count: 3, failed_allocations: 0, device_allocations: 1, device_frees: 0, block_count: 1, fragmentation: 0.25,
  },
  heaps: [{ index: 0, size, limit: 0, budget: size, reserved, used: reserved / 2, external: 0, denials: 0, device_local: true, measured: false }],
  tags: tags.map(([tagPath, bytes]) => ({ path: tagPath, bytes, peak_bytes: bytes, subtree_bytes: bytes, limit: 0, denials: 0 })),
});

export function snapshot(frame, { tags = [], budgets = [], pid = 4711, name = 'game', diagnostics = [], more = {} } = {}) {
  const sum = (...kinds) => tags.filter((one) => kinds.includes(one.alloc_kind)).reduce((all, one) => all + one.bytes, 0);
  const [frameBytes, pool, heap] = [sum('frame', 'scratch'), sum('pool'), sum('heap')];
  const total = frameBytes + pool + heap;
  return {
    version: 2, timestamp: new Date().toISOString().replace(/\.\d+/, ''), frame, duration_us: 4000 + (frame % 7) * 300,
    units: { bytes: 'B', duration_us: 'us', lifetime: 'frames' }, process: { id: pid, name },
    summary: {
      frame_bytes: frameBytes, pool_bytes: pool, heap_bytes: heap, total_bytes: total, peak_bytes: total, reserved_bytes: 2 * total,
      peak_reserved_bytes: 2 * total, idle_bytes: 64 * KiB, metadata_bytes: 4096, allocation_count: 10, deallocation_count: 5,
    },
    threads: [{ id: '1', name: 'main', frame_bytes: frameBytes, pool_bytes: pool, heap_bytes: heap, peak_bytes: frameBytes, reserved_bytes: total, budget: null, pool_budget: null }],
    tags,
    phases: [{ name: 'update', count: frame, bytes_total: 0, bytes_last_frame: frameBytes, bytes_peak_frame: frameBytes, duration_us_total: 9, duration_us_last_frame: 1200, duration_us_max: 3000 }],
    budgets,
    promotions: { to_pool: 1, to_heap: 2, to_scratch: 0, failed: 0 },
    transfers: { pending: 0, completed_this_frame: 0, completed_total: 0 },
    deferred: { queue_depth: 4, processed_this_frame: 0, processed_total: 0 },
    diagnostics, gpu: null, ...more,
  };
}

export function write(folder, value) {
  fs.mkdirSync(folder, { recursive: true });
  const name = `snapshot_${String(value.frame).padStart(16, '0')}.json`;
  const part = path.join(folder, `.${name}.part`);
  fs.writeFileSync(part, JSON.stringify(value));
  fs.renameSync(part, path.join(folder, name));
  return path.join(folder, name);
}
