// SPDX-License-Identifier: MIT OR Apache-2.0
// Two snapshots: what grew, by path and kind.
/** @import { Delta, Snapshot } from './types' */
import { make, set, write } from './dom.js';
import { bytes, percent, signed } from './figures.js';
import { Table } from './table.js';

/**
 * Result: what both hold by path and kind, largest growth first.
 * @param {Snapshot} before
 * @param {Snapshot} after
 * @returns {Delta[]}
 */
export function compare(before, after) {
  /** @type {Map<string, Delta>} */
  const rows = new Map();
  /** @param {Snapshot} snapshot @param {'before' | 'after'} side */
  const add = (snapshot, side) => {
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

/** Two snapshots beside each other; the second may go on, and what was chosen stays chosen. */
export class Comparison {
  root = make('div', { 'data-testid': 'comparison' });
  #heading = make('h1');
  #sum = make('p', { 'data-testid': 'delta-total', class: 'total' });
  #all = make('input', { type: 'checkbox', id: 'show-equal', 'data-testid': 'show-equal' });
  #label = make('label', { for: 'show-equal' });
  /** @type {Table<Delta>} */
  #table = new Table(['Tag', 'Kind', 'Before', 'After', 'Growth', 'Share'], 'Growth by tag', 'delta', (row) => `${row.kind}\n${row.path}`,
    (row) => ({ 'data-path': row.path, 'data-kind': row.kind, 'data-before': row.before, 'data-after': row.after, 'data-delta': row.delta }),
    (row) => [row.path || '(no tag)', row.kind, bytes(row.before), bytes(row.after), signed(row.delta), shareOf(row)]);
  /** @type {Delta[]} */
  #rows = [];

  constructor() {
    this.root.append(this.#heading, this.#sum, make('p', {}, this.#all, this.#label), this.#table.root);
    this.#all.addEventListener('change', () => this.#draw());
  }

  /** @param {Snapshot} before @param {Snapshot} after */
  show(before, after) {
    const [was, is] = [before.summary.total_bytes, after.summary.total_bytes];
    set(this.root, { 'data-before': before.frame, 'data-after': after.frame });
    write(this.#heading, `frame ${before.frame} → frame ${after.frame}`);
    set(this.#sum, { 'data-before': was, 'data-after': is, 'data-delta': is - was });
    write(this.#sum, `In use: ${bytes(was)} → ${bytes(is)} (${signed(is - was)})`);
    this.#rows = compare(before, after);
    const equal = this.#rows.filter((row) => row.delta === 0).length;
    this.#all.disabled = equal === 0;
    write(this.#label, ` Show ${equal} that are equal`);
    this.#draw();
  }

  #draw() {
    this.#table.show(this.#rows.filter((row) => row.delta !== 0 || this.#all.checked));
  }
}

/** @param {Delta} row */
function shareOf(row) {
  if (row.before === 0) return row.after === 0 ? '' : 'new';
  if (row.after === 0) return 'gone';
  if (row.delta === 0) return '';
  const share = percent(Math.abs(row.delta), row.before);
  return `${row.delta > 0 ? '+' : '−'}${share === 0 ? '<1' : share} %`;
}
