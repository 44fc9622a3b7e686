// SPDX-License-Identifier: MIT OR Apache-2.0
// Two snapshots: what grew, by path and kind.
/** @import { Delta, Snapshot } from './types' */
import { make, set, writeName } from './dom.js';
import { bytes, percent, signed } from './figures.js';

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

/**
 * @param {HTMLElement} page
 * @param {Snapshot} before
 * @param {Snapshot} after
 */
export function showComparison(page, before, after) {
  const [was, is] = [before.summary.total_bytes, after.summary.total_bytes];
  const heading = make('h1', {}, `frame ${before.frame} → frame ${after.frame}`);
  const sum = make('p', { 'data-testid': 'delta-total', 'data-before': was, 'data-after': is, 'data-delta': is - was, class: 'total' }, `In use: ${bytes(was)} → ${bytes(is)} (${signed(is - was)})`);
  const rows = compare(before, after);
  const equal = rows.filter((row) => row.delta === 0).length;
  const box = make('input', { type: 'checkbox', id: 'show-equal', 'data-testid': 'show-equal' });
  const label = make('label', { for: 'show-equal' }, ` Show ${equal} that are equal`);
  const head = make('tr', {}, ...['Tag', 'Kind', 'Before', 'After', 'Growth', 'Share'].map((title) => make('th', { scope: 'col' }, title)));
  const body = make('tbody');
  const table = make('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Growth by tag' }, make('table', {}, make('thead', {}, head), body));
  const draw = () => body.replaceChildren(...rows.filter((row) => row.delta !== 0 || box.checked).map(deltaRow));
  box.addEventListener('change', draw);
  draw();
  const root = make('div', { 'data-testid': 'comparison', 'data-before': before.frame, 'data-after': after.frame }, heading, sum, make('p', {}, box, label), table);
  if (equal === 0) set(box, { disabled: 'disabled' });
  page.replaceChildren(root);
}

/** @param {Delta} row */
function deltaRow(row) {
  const title = make('th', { scope: 'row' });
  writeName(title, row.path === '' ? '(no tag)' : row.path);
  return make('tr', { 'data-testid': 'delta', 'data-path': row.path, 'data-kind': row.kind, 'data-before': row.before, 'data-after': row.after, 'data-delta': row.delta },
    title, make('td', {}, row.kind), make('td', {}, bytes(row.before)), make('td', {}, bytes(row.after)), make('td', {}, signed(row.delta)), make('td', {}, shareOf(row)));
}

/** @param {Delta} row */
function shareOf(row) {
  if (row.before === 0) return row.after === 0 ? '' : 'new';
  if (row.after === 0) return 'gone';
  return row.delta === 0 ? '' : `${row.delta > 0 ? '+' : '−'}${percent(Math.abs(row.delta), row.before)} %`;
}
