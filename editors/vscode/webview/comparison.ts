// SPDX-License-Identifier: MIT OR Apache-2.0
// Two snapshots: what grew, by path and kind.
import { make, set, writeName } from './dom';
import { bytes, percent } from './figures';
import { compare, type Delta } from './model';
import type { ComparisonMessage } from './protocol';

const signed = (delta: number): string => (delta > 0 ? `+${bytes(delta)}` : delta === 0 ? '0 B' : bytes(delta));

export function showComparison(page: HTMLElement, { before, after }: ComparisonMessage): void {
  const total = after.summary.total_bytes - before.summary.total_bytes;
  const heading = make('h1', {}, `frame ${before.frame} → frame ${after.frame}`);
  const sum = make('p', {
    'data-testid': 'delta-total', 'data-before': before.summary.total_bytes, 'data-after': after.summary.total_bytes, 'data-delta': total, class: 'total',
  }, `In use: ${bytes(before.summary.total_bytes)} → ${bytes(after.summary.total_bytes)} (${signed(total)})`);
  const rows = compare(before, after);
  const equal = rows.filter((row) => row.delta === 0).length;
  const box = make('input', { type: 'checkbox', id: 'show-equal', 'data-testid': 'show-equal' });
  const label = make('label', { for: 'show-equal' }, ` Show ${equal} that are equal`);
  const head = make('tr', {}, ...['Tag', 'Kind', 'Before', 'After', 'Growth', ''].map((title) => make('th', { scope: 'col' }, title || 'Share')));
  const body = make('tbody');
  const table = make('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Growth by tag' }, make('table', {}, make('thead', {}, head), body));
  const draw = (): void => body.replaceChildren(...rows.filter((row) => row.delta !== 0 || box.checked).map(rowOf));
  box.addEventListener('change', draw);
  draw();
  const root = make('div', { 'data-testid': 'comparison', 'data-before': before.frame, 'data-after': after.frame }, heading, sum, make('p', {}, box, label), table);
  if (equal === 0) set(box, { disabled: 'disabled' });
  page.replaceChildren(root);
}

function rowOf(row: Delta): HTMLElement {
  const name = make('th', { scope: 'row' });
  writeName(name, row.path === '' ? '(no tag)' : row.path);
  const share = row.before === 0 ? (row.after === 0 ? '' : 'new') : row.after === 0 ? 'gone' : row.delta === 0 ? '' : `${row.delta > 0 ? '+' : '−'}${percent(Math.abs(row.delta), row.before)} %`;
  return make('tr', { 'data-testid': 'delta', 'data-path': row.path, 'data-kind': row.kind, 'data-before': row.before, 'data-after': row.after, 'data-delta': row.delta },
    name, make('td', {}, row.kind), make('td', {}, bytes(row.before)), make('td', {}, bytes(row.after)), make('td', {}, signed(row.delta)), make('td', {}, share));
}
