// SPDX-License-Identifier: MIT OR Apache-2.0
// What is made of a snapshot. The extension's host and the pages both use this; it knows neither.
/** @import { Level, Node, PathBytes, Point, Scope, Snapshot, Tag } from './types' */
import { percent } from './figures.js';

/** @param {Snapshot} snapshot @returns {Point} */
export function pointOf(snapshot) {
  const { frame_bytes, pool_bytes, heap_bytes } = snapshot.summary;
  return { frame: snapshot.frame, us: snapshot.duration_us, frameBytes: frame_bytes, poolBytes: pool_bytes, heapBytes: heap_bytes };
}

/** @param {string} path */
export const components = (path) => (path === '' ? [''] : path.split('::'));

/** @param {Tag} tag */
const isTransient = (tag) => tag.alloc_kind === 'frame' || tag.alloc_kind === 'scratch';

/**
 * Rows of all threads count; those of single threads where there are no others.
 * @param {readonly Tag[]} tags
 */
function rowsThatCount(tags) {
  const ofAll = new Set(tags.filter((tag) => tag.thread === '*').map((tag) => tag.path));
  return tags.filter((tag) => tag.thread === '*' || !ofAll.has(tag.path));
}

/** @param {readonly Tag[]} tags @returns {Map<string, PathBytes>} */
export function bytesByPath(tags) {
  /** @type {Map<string, PathBytes>} */
  const all = new Map();
  for (const tag of rowsThatCount(tags)) {
    let sums = all.get(tag.path);
    if (sums === undefined) all.set(tag.path, (sums = { transient: 0, held: 0, count: 0 }));
    if (isTransient(tag)) sums.transient += tag.bytes;
    else sums.held += tag.bytes;
    sums.count += tag.alloc_count;
  }
  return all;
}

/** @param {readonly Tag[]} tags @returns {Node[]} */
export function treeOf(tags) {
  /** @type {Node[]} */
  const roots = [];
  /** @type {Map<string, Node>} */
  const nodes = new Map();
  /** @param {string} path @returns {Node} */
  const nodeAt = (path) => {
    const known = nodes.get(path);
    if (known !== undefined) return known;
    const cut = path.lastIndexOf('::');
    const name = cut < 0 ? path : path.slice(cut + 2);
    /** @type {Node} */
    const node = { path, name, own: 0, count: 0, codes: [], bytes: 0, transient: 0, pool: 0, heap: 0, children: [] };
    nodes.set(path, node);
    (cut < 0 ? roots : nodeAt(path.slice(0, cut)).children).push(node);
    return node;
  };
  for (const tag of rowsThatCount(tags)) {
    const node = nodeAt(tag.path);
    node.own += tag.bytes;
    node.count += tag.alloc_count;
    if (isTransient(tag)) node.transient += tag.bytes;
    else node[tag.alloc_kind === 'pool' ? 'pool' : 'heap'] += tag.bytes;
    for (const code of tag.diagnostics) if (!node.codes.includes(code)) node.codes.push(code);
  }
  /** @param {Node[]} level */
  const addUp = (level) => {
    for (const node of level) {
      addUp(node.children);
      node.bytes = node.own;
      for (const child of node.children) {
        node.bytes += child.bytes;
        node.transient += child.transient;
        node.pool += child.pool;
        node.heap += child.heap;
      }
    }
    level.sort((a, b) => b.bytes - a.bytes || (a.path < b.path ? -1 : 1));
  };
  addUp(roots);
  return roots;
}

/**
 * Effect: calls visit for every node, parents before children.
 * @param {readonly Node[]} nodes
 * @param {(node: Node, depth: number) => void} visit
 * @param {number} [depth]
 */
export function walk(nodes, visit, depth = 0) {
  for (const node of nodes) {
    visit(node, depth);
    walk(node.children, visit, depth + 1);
  }
}

/**
 * Result: the budgets of a snapshot; `before` are those of the one before it in the same run.
 * @param {Snapshot} snapshot
 * @param {ReadonlyMap<string, Level>} before
 * @returns {Map<string, Level>}
 */
export function levelsOf(snapshot, before) {
  /** @type {Map<string, Level>} */
  const all = new Map();
  /** @param {Scope} scope @param {string} id @param {Pick<Level, 'tag' | 'used' | 'peak' | 'limit' | 'soft' | 'denials'>} row */
  const add = (scope, id, row) => {
    if (row.limit <= 0) return;
    const key = `${scope}:${id}`;
    const known = before.get(key);
    const grew = known === undefined || row.peak > known.peak;
    const level = grew ? Math.max(row.peak, row.used) : row.used;
    all.set(key, { key, scope, ...row, level, percent: percent(level, row.limit) });
  };
  for (const { scope, tag, used, peak, soft_limit, hard_limit, denials } of snapshot.budgets ?? []) {
    const soft = soft_limit < hard_limit ? soft_limit : 0;
    add(scope, tag, { tag, used, peak, limit: hard_limit || soft_limit, soft, denials });
  }
  for (const { id, name: tag, budget, pool_budget, peak_bytes } of snapshot.threads) {
    if (budget) add('thread', id, { tag, used: budget.used, peak: peak_bytes, limit: budget.limit, soft: 0, denials: 0 });
    if (pool_budget) add('thread-pool', id, { tag, used: pool_budget.used, peak: 0, limit: pool_budget.limit, soft: 0, denials: 0 });
  }
  return all;
}
