// SPDX-License-Identifier: MIT OR Apache-2.0
// The snapshots of a program from its start: history, peaks, budgets.
/** @import { Level, PathBytes, Point, Snapshot } from './types' */
import { bytesByPath, levelsOf, pointOf, treeOf, walk } from './model.js';

export const MOST_SNAPSHOTS = 600;
// Tags are kept for as many snapshots as have room: with thousands of tags, those that a sparkline shows.
const MOST_ROWS = 200_000;
const FEWEST_TAG_SETS = 8;

/**
 * Result: whether the snapshot is of another run than the one before it.
 * @param {Snapshot | undefined} before
 * @param {Snapshot} snapshot
 */
export function beginsRun(before, snapshot) {
  if (before === undefined) return true;
  if (before.process?.id !== snapshot.process?.id) return true;
  return snapshot.frame < before.frame;
}

export class Run {
  /** Counts what came; grows by one with each snapshot. */
  sequence = 0;
  /** @type {Snapshot | undefined} */
  newest;
  /** @type {Point[]} */
  points = [];
  /** @type {Map<string, Level>} */
  levels = new Map();
  /** Most bytes of a path with all below it, in this run. @type {Map<string, number>} */
  peaks = new Map();
  /** The same in the first snapshot of this run. @type {Map<string, number>} */
  firsts = new Map();
  /** @type {Map<string, PathBytes>[]} */
  #tagSets = [];
  #rows = 0;

  /** @param {number} number */
  constructor(number) {
    this.number = number;
  }

  /** @param {Snapshot} snapshot */
  add(snapshot) {
    const again = this.newest !== undefined && this.newest.frame === snapshot.frame;
    if (again) this.points.pop();
    ++this.sequence;
    this.points.push(pointOf(snapshot));
    if (this.points.length > MOST_SNAPSHOTS) this.points.shift();
    this.levels = levelsOf(snapshot, this.levels);
    this.newest = snapshot;
    if (again) this.#forget(this.#tagSets.pop());
    const tags = bytesByPath(snapshot.tags);
    this.#tagSets.push(tags);
    this.#rows += tags.size;
    while (this.#tagSets.length > MOST_SNAPSHOTS || (this.#rows > MOST_ROWS && this.#tagSets.length > FEWEST_TAG_SETS)) {
      this.#forget(this.#tagSets.shift());
    }
    walk(treeOf(snapshot.tags), (node) => {
      this.peaks.set(node.path, Math.max(this.peaks.get(node.path) ?? 0, node.bytes));
      if (this.sequence === 1) this.firsts.set(node.path, node.bytes);
    });
  }

  /** Bytes by path of the snapshots, oldest first. @returns {readonly Map<string, PathBytes>[]} */
  get history() {
    return this.#tagSets;
  }

  /**
   * What the newest snapshot's view is told of the run: peaks and first figures of its tags, and its budgets.
   */
  shown() {
    /** @type {Record<string, number>} */
    const peaks = {};
    /** @type {Record<string, number>} */
    const firsts = {};
    walk(treeOf(this.newest?.tags ?? []), (node) => {
      peaks[node.path] = this.peaks.get(node.path) ?? node.bytes;
      firsts[node.path] = this.firsts.get(node.path) ?? 0;
    });
    const budgets = [...this.levels.values()].map(({ scope, tag, used, peak, limit, soft, percent, denials }) => ({ scope, tag, used, peak, limit, soft, percent, denials }));
    return { peaks, firsts, budgets };
  }

  /** @param {Map<string, PathBytes> | undefined} tags */
  #forget(tags) {
    this.#rows -= tags?.size ?? 0;
  }
}
