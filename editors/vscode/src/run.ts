// SPDX-License-Identifier: MIT OR Apache-2.0
// The snapshots of a program from its start: history, peaks, budgets.
import { bytesByPath, pointOf, treeOf, walk, type PathBytes, type Point, type Snapshot } from '../webview/model';
import { levelsOf, type Level } from './budgets';

export const MOST_SNAPSHOTS = 600;
// Tags are kept for as many snapshots as have room: with thousands of tags, those that a sparkline shows.
const MOST_ROWS = 200_000;
const FEWEST_TAG_SETS = 8;

/** Result: whether the snapshot is of another run than the one before it. */
export function beginsRun(before: Snapshot | undefined, snapshot: Snapshot): boolean {
  if (before === undefined) return true;
  if (before.process?.id !== snapshot.process?.id) return true;
  return snapshot.frame < before.frame;
}

export class Run {
  /** Counts what came; grows by one with each snapshot. */
  sequence = 0;
  newest: Snapshot | undefined;
  points: Point[] = [];
  levels = new Map<string, Level>();
  /** Most bytes of a path with all below it, in this run. */
  readonly peaks = new Map<string, number>();
  private tagSets: Map<string, PathBytes>[] = [];
  private rows = 0;

  constructor(readonly number: number) {}

  add(snapshot: Snapshot): void {
    const again = this.newest !== undefined && this.newest.frame === snapshot.frame;
    if (again) this.points.pop();
    ++this.sequence;
    this.points.push(pointOf(snapshot));
    if (this.points.length > MOST_SNAPSHOTS) this.points.shift();
    this.levels = levelsOf(snapshot, this.levels);
    this.newest = snapshot;
    if (again) this.forget(this.tagSets.pop());
    const tags = bytesByPath(snapshot.tags);
    this.tagSets.push(tags);
    this.rows += tags.size;
    while (this.tagSets.length > MOST_SNAPSHOTS || (this.rows > MOST_ROWS && this.tagSets.length > FEWEST_TAG_SETS)) {
      this.forget(this.tagSets.shift());
    }
    walk(treeOf(snapshot.tags), (node) => {
      this.peaks.set(node.path, Math.max(this.peaks.get(node.path) ?? 0, node.bytes));
    });
  }

  /** Bytes by path of the snapshots, oldest first. */
  get history(): readonly Map<string, PathBytes>[] {
    return this.tagSets;
  }

  private forget(tags: Map<string, PathBytes> | undefined): void {
    this.rows -= tags?.size ?? 0;
  }
}
