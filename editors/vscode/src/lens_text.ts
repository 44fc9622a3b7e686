// SPDX-License-Identifier: MIT OR Apache-2.0
// What a lens says of the tags that a place opens.
import { bytes, sparkline, trend } from '@page/components/figures.js';
import { components } from '@page/components/model.js';
import type { Run } from '@page/components/run.js';
import type { Level, PathBytes } from '@page/components/types';
import { forLabel } from './names';

/** Result: whether a path has the tag as component, or is below it. */
export function belongs(path: string, tag: string): boolean {
  const parts = components(path);
  const wanted = components(tag);
  for (let at = 0; at + wanted.length <= parts.length; ++at) {
    if (wanted.every((part, i) => parts[at + i] === part)) return true;
  }
  return false;
}

interface Sums {
  transient: number;
  held: number;
}

function sumOf(tags: ReadonlyMap<string, PathBytes>, wanted: readonly string[]): Sums {
  const sums = { transient: 0, held: 0 };
  for (const [path, own] of tags) {
    if (!wanted.some((tag) => belongs(path, tag))) continue;
    sums.transient += own.transient;
    sums.held += own.held;
  }
  return sums;
}

/** Peaks of a run, of the tags that were ever asked for: they outlive the snapshots that are kept. */
export class Peaks {
  private run: Run | undefined;
  private readonly most = new Map<string, number>();

  of(run: Run, key: string, shown: readonly number[]): number {
    if (run !== this.run) this.most.clear();
    this.run = run;
    const peak = Math.max(this.most.get(key) ?? 0, ...shown);
    this.most.set(key, peak);
    return peak;
  }
}

export interface LensText {
  title: string;
  bytes: number;
}

/** Result: undefined without a snapshot. */
export function lensText(run: Run, tags: readonly string[], peaks: Peaks): LensText | undefined {
  const newest = run.history[run.history.length - 1];
  if (newest === undefined || tags.length === 0) return undefined;
  const { transient, held } = sumOf(newest, tags);
  const all = run.history.map((set) => {
    const sums = sumOf(set, tags);
    return sums.transient + sums.held;
  });
  const peak = peaks.of(run, tags.join('\n'), all);
  const name = tags.length === 1 ? forLabel(tags[0]!) : `${tags.length} tags`;
  const now =
    transient === 0 && held > 0 ? `${bytes(held)} held`
    : held > 0 ? `${bytes(transient)} this frame + ${bytes(held)} held`
    : `${bytes(transient)} this frame`;
  const budget = tags.length === 1 ? budgetOf(run, tags[0]!) : undefined;
  const limit = budget === undefined ? '' : ` · ${budget.percent} % of ${bytes(budget.limit)}`;
  return { title: `${name}: ${now} · peak ${bytes(peak)}${limit} ${trend(all)} ${sparkline(all)}`, bytes: transient + held };
}

// The budget of that very path: one of a path that only ends so is another's.
const budgetOf = (run: Run, tag: string): Level | undefined => run.levels.get(`tag:${tag}`);
