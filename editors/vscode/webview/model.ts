// SPDX-License-Identifier: MIT OR Apache-2.0
// What a snapshot says, and what is made of it. The extension and the page both use this; it knows neither.

export type Kind = 'frame' | 'pool' | 'heap' | 'scratch';

export interface Budget {
  limit: number;
  used: number;
  percent: number;
}
export interface Thread {
  id: string;
  name: string;
  frame_bytes: number;
  pool_bytes: number;
  heap_bytes: number;
  peak_bytes: number;
  reserved_bytes?: number;
  budget: Budget | null;
  pool_budget?: Budget | null;
}
export interface Tag {
  path: string;
  thread: string;
  alloc_kind: Kind;
  alloc_count: number;
  bytes: number;
  diagnostics: string[];
}
export interface Limit {
  tag: string;
  scope: 'global' | 'tag';
  soft_limit: number;
  hard_limit: number;
  used: number;
  peak: number;
  denials: number;
}
export interface Phase {
  name: string;
  count: number;
  bytes_last_frame: number;
  bytes_peak_frame: number;
  duration_us_last_frame: number;
  duration_us_max: number;
}
export interface Diagnostic {
  code: string;
  tag: string | null;
  message: string;
}
export interface Device {
  name: string;
  frame: number;
  totals: Record<string, number>;
  heaps: Record<string, number | boolean>[];
  tags: { path: string; bytes: number; peak_bytes: number; subtree_bytes: number; limit: number; denials: number }[];
}
export interface Pool {
  block_bytes: number;
  pages: number;
  blocks: number;
  free_blocks: number;
  allocations: number;
}
export interface Site {
  file: string;
  line: number;
  function: string;
  type: string;
  tag: string;
  alloc_kind: Kind;
  count: number;
  bytes: number;
  age_frames: number;
}
export interface Summary {
  frame_bytes: number;
  pool_bytes: number;
  heap_bytes: number;
  total_bytes: number;
  peak_bytes: number;
  reserved_bytes?: number;
  idle_bytes?: number;
}
export interface Snapshot {
  version: number;
  timestamp: string;
  frame: number;
  duration_us: number;
  process?: { id: number; name: string };
  summary: Summary;
  threads: Thread[];
  tags: Tag[];
  phases?: Phase[];
  budgets?: Limit[];
  promotions: { to_pool: number; to_heap: number; to_scratch?: number; failed: number };
  transfers: { pending: number; completed_this_frame: number };
  deferred: { queue_depth: number; processed_this_frame: number };
  diagnostics: Diagnostic[];
  gpu?: { devices: Device[] } | null;
  pools?: Pool[];
  handles?: Record<string, number> | null;
  streaming?: Record<string, number> | null;
  sites?: Site[];
}

/** What the charts draw of one snapshot. */
export interface Point {
  frame: number;
  us: number;
  frameBytes: number;
  poolBytes: number;
  heapBytes: number;
}

export function pointOf(snapshot: Snapshot): Point {
  const { frame_bytes, pool_bytes, heap_bytes } = snapshot.summary;
  return { frame: snapshot.frame, us: snapshot.duration_us, frameBytes: frame_bytes, poolBytes: pool_bytes, heapBytes: heap_bytes };
}

export const components = (path: string): string[] => (path === '' ? [''] : path.split('::'));

/** Bytes of a path, apart by whether they end with the frame. */
export interface PathBytes {
  transient: number;
  held: number;
  count: number;
}

/** Rows of all threads count; those of single threads where there are no others. */
export function bytesByPath(tags: readonly Tag[]): Map<string, PathBytes> {
  const all = new Map<string, PathBytes>();
  const ofAll = new Set(tags.filter((tag) => tag.thread === '*').map((tag) => tag.path));
  for (const tag of tags) {
    if (tag.thread !== '*' && ofAll.has(tag.path)) continue;
    let sums = all.get(tag.path);
    if (sums === undefined) all.set(tag.path, (sums = { transient: 0, held: 0, count: 0 }));
    if (tag.alloc_kind === 'frame' || tag.alloc_kind === 'scratch') sums.transient += tag.bytes;
    else sums.held += tag.bytes;
    sums.count += tag.alloc_count;
  }
  return all;
}

/** A tag with all that is below it; those that no snapshot names sum up their children. */
export interface Node {
  path: string;
  name: string;
  own: number;
  bytes: number;
  count: number;
  children: Node[];
}

export function treeOf(tags: readonly Tag[]): Node[] {
  const roots: Node[] = [];
  const nodes = new Map<string, Node>();
  const nodeAt = (path: string): Node => {
    const known = nodes.get(path);
    if (known !== undefined) return known;
    const cut = path.lastIndexOf('::');
    const name = cut < 0 ? path : path.slice(cut + 2);
    const node: Node = { path, name, own: 0, bytes: 0, count: 0, children: [] };
    nodes.set(path, node);
    (cut < 0 ? roots : nodeAt(path.slice(0, cut)).children).push(node);
    return node;
  };
  for (const [path, sums] of bytesByPath(tags)) {
    const node = nodeAt(path);
    node.own += sums.transient + sums.held;
    node.count += sums.count;
  }
  const addUp = (level: Node[]): void => {
    for (const node of level) {
      addUp(node.children);
      node.bytes = node.children.reduce((sum, child) => sum + child.bytes, node.own);
    }
    level.sort((a, b) => b.bytes - a.bytes || (a.path < b.path ? -1 : 1));
  };
  addUp(roots);
  return roots;
}

/** Effect: calls visit for every node, parents before children. */
export function walk(nodes: readonly Node[], visit: (node: Node, depth: number) => void, depth = 0): void {
  for (const node of nodes) {
    visit(node, depth);
    walk(node.children, visit, depth + 1);
  }
}

/** A path and kind in two snapshots. */
export interface Delta {
  path: string;
  kind: Kind;
  before: number;
  after: number;
  delta: number;
}

export function compare(before: Snapshot, after: Snapshot): Delta[] {
  const rows = new Map<string, Delta>();
  const add = (snapshot: Snapshot, side: 'before' | 'after'): void => {
    for (const tag of snapshot.tags) {
      const key = `${tag.alloc_kind}\n${tag.path}`;
      let row = rows.get(key);
      if (row === undefined) rows.set(key, (row = { path: tag.path, kind: tag.alloc_kind, before: 0, after: 0, delta: 0 }));
      row[side] += tag.bytes;
    }
  };
  add(before, 'before');
  add(after, 'after');
  const all = [...rows.values()];
  for (const row of all) row.delta = row.after - row.before;
  return all.sort((a, b) => b.delta - a.delta || (a.path < b.path ? -1 : a.path > b.path ? 1 : a.kind < b.kind ? -1 : 1));
}
