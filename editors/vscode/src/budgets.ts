// SPDX-License-Identifier: MIT OR Apache-2.0
// How full budgets are, and when somebody is to be told.
import { bytes } from '@page/components/figures.js';
import { treeOf, walk } from '@page/components/model.js';
import type { Level, Snapshot } from '@page/components/types';
import { forNotification } from './names';

export function fullest(levels: Iterable<Level>): Level | undefined {
  let most: Level | undefined;
  for (const level of levels) if (most === undefined || level.percent > most.percent) most = level;
  return most;
}

/** `'physics'`, `The program`, `Thread 'worker 1'`. */
export function subject(level: Level): string {
  const name = forNotification(level.tag);
  if (level.scope === 'global') return 'The program';
  return level.scope === 'tag' ? `'${name}'` : `Thread '${name}'`;
}

function largest(level: Level, snapshot: Snapshot): string {
  if (level.scope !== 'global' && level.scope !== 'tag') return '';
  let path: string | undefined;
  let most = 0;
  walk(treeOf(snapshot.tags), (node) => {
    const below = level.scope === 'global' ? node.path !== '' : node.path.startsWith(`${level.tag}::`);
    // The one that holds most itself: its parents hold as much and say less.
    if (below && node.own > most) {
      most = node.own;
      path = node.path;
    }
  });
  return path === undefined ? '' : ` Largest: '${forNotification(path)}' (${bytes(most)}).`;
}

export interface Notice {
  key: string;
  denial: boolean;
  level: Level;
  text: string;
}

function filling(level: Level, snapshot: Snapshot): Notice {
  const text = `${subject(level)} is at ${level.percent} % of its budget: ${bytes(level.level)} of ${bytes(level.limit)}, frame ${snapshot.frame}.`;
  return { key: level.key, denial: false, level, text: text + largest(level, snapshot) };
}

function denied(level: Level, times: number, snapshot: Snapshot): Notice {
  const often = times === 1 ? '1 time' : `${times} times`;
  const text = `${subject(level)} was denied memory ${often}: its budget of ${bytes(level.limit)} is full, frame ${snapshot.frame}.`;
  return { key: level.key, denial: true, level, text: text + largest(level, snapshot) };
}

/** What each budget has been told about in this run. Raised once, and again only after it was 5 points below the threshold. */
export class Watch {
  private readonly raised = new Set<string>();
  private readonly denials = new Map<string, number>();
  // What a program was denied before anybody looked is old news.
  private baseline = true;

  /** Effect: a new run; `seenFromStart` when the run before it was seen too, so that every denial is news. */
  restart(seenFromStart: boolean): void {
    this.raised.clear();
    this.denials.clear();
    this.baseline = !seenFromStart;
  }

  look(snapshot: Snapshot, levels: ReadonlyMap<string, Level>, threshold: number): Notice[] {
    const found: Notice[] = [];
    for (const level of levels.values()) {
      const before = this.denials.get(level.key) ?? (this.baseline ? level.denials : 0);
      if (level.denials > before) found.push(denied(level, level.denials - before, snapshot));
      this.denials.set(level.key, level.denials);
      if (level.percent <= threshold - 5) this.raised.delete(level.key);
      if (level.percent < threshold || this.raised.has(level.key)) continue;
      this.raised.add(level.key);
      found.push(filling(level, snapshot));
    }
    this.baseline = false;
    return found;
  }
}

export interface Telling {
  text: string;
  notices: Notice[];
}

/** At most one notice in an interval: what waits is joined, and a denial goes first. */
export class Queue {
  private waiting: Notice[] = [];
  private last = -Infinity;

  add(notices: readonly Notice[]): void {
    for (const notice of notices) {
      // What is newer about the same budget replaces what waits.
      this.waiting = this.waiting.filter((other) => other.key !== notice.key || other.denial !== notice.denial);
      this.waiting.push(notice);
    }
  }

  clear(): void {
    this.waiting = [];
  }

  drop(key: string): void {
    this.waiting = this.waiting.filter((notice) => notice.key !== key);
  }

  /** Result: milliseconds until something may be told; undefined when nothing waits. */
  waitMs(now: number, intervalMs: number): number | undefined {
    return this.waiting.length === 0 ? undefined : Math.max(this.last + intervalMs - now, 0);
  }

  /** Result: what is to be told now. */
  take(now: number, intervalMs: number, threshold: number): Telling | undefined {
    if (this.waiting.length === 0 || now - this.last < intervalMs) return undefined;
    this.last = now;
    const denial = this.waiting.findIndex((notice) => notice.denial);
    if (denial >= 0 || this.waiting.length === 1 || intervalMs === 0) {
      const [one] = this.waiting.splice(Math.max(denial, 0), 1);
      return { text: one!.text, notices: [one!] };
    }
    const notices = this.waiting;
    this.waiting = [];
    return { text: `Budgets above ${threshold} %: ${notices.map((notice) => subject(notice.level)).join(', ')}.`, notices };
  }
}
