// SPDX-License-Identifier: MIT OR Apache-2.0
// Threads, phases, what moved, and what pools, handles and streaming hold.
/** @import { Part, Phase, Pool, Thread } from './types' */
import { present, section, set } from './dom.js';
import { bytes, count, percent, time } from './figures.js';
import { Facts, Table } from './table.js';

/** @returns {Part} */
export function threadPart() {
  const { root, body } = section('Threads', 'threads');
  /** @type {Table<Thread>} */
  const table = new Table(['Thread', 'Frame', 'Pool', 'Heap', 'Peak', '+Reserved'], 'Threads', 'thread', (row) => row.id,
    (row) => ({ 'data-id': row.id, 'data-frame': row.frame_bytes, 'data-pool': row.pool_bytes, 'data-heap': row.heap_bytes, 'data-peak': row.peak_bytes, title: `thread ${row.id}` }),
    (row) => [row.name, bytes(row.frame_bytes), bytes(row.pool_bytes), bytes(row.heap_bytes), bytes(row.peak_bytes), row.reserved_bytes === undefined ? '·' : bytes(row.reserved_bytes)]);
  body.append(table.root);
  return { root, show: (_, snapshot) => table.show(snapshot.threads) };
}

/** @returns {Part} */
export function phasePart() {
  const { root, body } = section('Phases', 'phases');
  /** @type {Table<Phase>} */
  const table = new Table(['Phase', 'Last frame', 'Time', 'Times', 'Longest', '+Peak'], 'Phases', 'phase', (row) => row.name,
    (row) => ({ 'data-name': row.name, 'data-bytes': row.bytes_last_frame, 'data-us': row.duration_us_last_frame }),
    (row) => [row.name, bytes(row.bytes_last_frame), time(row.duration_us_last_frame), count(row.count), time(row.duration_us_max), bytes(row.bytes_peak_frame)]);
  body.append(table.root);
  return {
    root,
    show(_, snapshot) {
      root.hidden = (snapshot.phases ?? []).length === 0;
      table.show(snapshot.phases ?? []);
    },
  };
}

/** @returns {Part} */
export function flowPart() {
  const { root, body } = section('What moved', 'flows-card');
  const facts = new Facts({ 'data-testid': 'flows' });
  body.append(facts.root);
  return {
    root,
    show(_, { promotions, transfers, deferred }) {
      const toScratch = promotions.to_scratch ?? 0;
      const promoted = promotions.to_pool + promotions.to_heap + toScratch;
      set(facts.root, { 'data-promoted': promoted, 'data-failed': promotions.failed, 'data-pending': transfers.pending, 'data-deferred': deferred.queue_depth });
      const parts = [['pool', promotions.to_pool], ['heap', promotions.to_heap], ['scratch', toScratch]].filter(([, value]) => Number(value) > 0).map(([kind, value]) => `${count(Number(value))} to ${kind}`);
      facts.show([
        ['promoted', count(promoted) + (parts.length > 0 ? ` (${parts.join(', ')})` : '')], ['promotions failed', count(promotions.failed)], ['transfers pending', count(transfers.pending)],
        ['transfers since the last', count(transfers.completed_this_frame)], ['frees deferred', count(deferred.queue_depth)], ['freed since the last', count(deferred.processed_this_frame)],
      ]);
    },
  };
}

/** @returns {Part} */
export function poolPart() {
  const { root, body } = section('Pools', 'pools-card');
  /** @type {Table<Pool>} */
  const table = new Table(['Blocks of', 'Pages', 'Room', 'Free again', 'Allocations'], 'Pools by size class', 'pool', (row) => String(row.block_bytes),
    (row) => ({ 'data-size': row.block_bytes, 'data-pages': row.pages, 'data-blocks': row.blocks, 'data-free': row.free_blocks }),
    (row) => [bytes(row.block_bytes), count(row.pages), bytes(row.blocks * row.block_bytes), bytes(row.free_blocks * row.block_bytes), count(row.allocations)]);
  body.append(table.root);
  return {
    root,
    show(_, snapshot) {
      present(root, 'pools', (snapshot.pools ?? []).length > 0);
      table.show(snapshot.pools ?? []);
    },
  };
}

/** @returns {Part} */
export function handlePart() {
  const { root, body } = section('Handles', 'handles-card');
  const facts = new Facts();
  body.append(facts.root);
  return {
    root,
    show(_, { handles: all }) {
      present(root, 'handles', Boolean(all));
      if (!all) return;
      const of = (/** @type {string} */ key) => all[key] ?? 0;
      set(root, { 'data-count': of('count'), 'data-bytes': of('bytes') });
      facts.show([
        ['objects', count(of('count'))], ['bytes', bytes(of('bytes'))], ['pinned', count(of('pinned'))], ['in chunks', bytes(of('chunk_bytes'))],
        ['holes', `${bytes(of('hole_bytes'))}, ${percent(of('hole_bytes'), of('chunk_bytes'))} %`], ['moved', count(of('relocations_total'))],
      ]);
    },
  };
}

/** @returns {Part} */
export function streamingPart() {
  const { root, body } = section('Streaming', 'streaming-card');
  const facts = new Facts();
  body.append(facts.root);
  return {
    root,
    show(_, { streaming: all }) {
      present(root, 'streaming', Boolean(all));
      if (!all) return;
      const of = (/** @type {string} */ key) => all[key] ?? 0;
      const budget = of('budget');
      set(root, { 'data-reserved': of('reserved_bytes'), 'data-budget': budget });
      facts.show([
        ['reserved', bytes(of('reserved_bytes')) + (budget > 0 ? ` of ${bytes(budget)}, ${percent(of('reserved_bytes'), budget)} %` : '')], ['loaded', bytes(of('loaded_bytes'))],
        ['most', bytes(of('peak_bytes'))], ['ready', count(of('ready'))], ['loading', count(of('loading'))], ['failed', count(of('failed'))],
        ['evicted', count(of('evictions_total'))], ['denied', count(of('denials'))],
      ]);
    },
  };
}
