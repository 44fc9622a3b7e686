// SPDX-License-Identifier: MIT OR Apache-2.0
// Budgets as bars: what the frame held, pale the peak, a mark at the soft limit.
/** @import { BudgetRow, Node, Part, Scope, Snapshot } from './types' */
import { inside, make, Rows, section, set, setWidth, write, writeName } from './dom.js';
import { bytes, count, percent } from './figures.js';
import { walk } from './model.js';

/** @type {Record<Scope, string>} */
const SCOPES = { global: 'The program', tag: '', thread: 'Frame memory of ', 'thread-pool': 'Pool memory of ' };

/** @param {BudgetRow} row */
const budgetTitle = (row) => (row.scope === 'tag' ? row.tag || '(no tag)' : SCOPES[row.scope] + row.tag);

/** Once a frame has ended nothing of it is charged any more, yet the rest of the view tells what it held: `held` is that. */
/** @typedef {BudgetRow & { held: number, shownPercent: number }} HeldRow */

/**
 * @param {readonly BudgetRow[]} budgets
 * @param {Snapshot} snapshot
 * @param {readonly Node[]} tree
 * @returns {HeldRow[]}
 */
function withHeld(budgets, snapshot, tree) {
  const wanted = new Set(budgets.filter((row) => row.scope === 'tag').map((row) => row.tag));
  /** @type {Map<string, number>} */
  const held = new Map();
  walk(tree, (node) => {
    if (wanted.has(node.path)) held.set(node.path, node.bytes);
  });
  return budgets.map((row) => {
    const seen = row.scope === 'global' ? snapshot.summary.total_bytes : row.scope === 'tag' ? (held.get(row.tag) ?? 0) : 0;
    const most = Math.max(row.used, seen);
    return { ...row, held: most, shownPercent: Math.max(row.percent, percent(most, row.limit)) };
  });
}

/** @returns {Part} */
export function budgetPart() {
  const { root, body } = section('Budgets', 'budgets');
  const none = make('p', { class: 'faint' });
  const list = make('div', { class: 'bars' });
  // What is read out: which budgets are above the threshold, when that changes.
  const spoken = make('p', { class: 'hidden', role: 'status', 'aria-live': 'polite' });
  body.append(none, list, spoken);
  let threshold = 80;
  /** @type {Rows<HeldRow>} */
  const rows = new Rows(list, (row, index) => `${row.scope}:${row.tag}:${row.scope.startsWith('thread') ? index : ''}`,
    () => {
      const meter = make('div', { class: 'meter', role: 'meter', 'aria-valuemin': 0 }, make('i', { class: 'peak' }), make('i', { class: 'level' }), make('b'));
      return make('div', { class: 'budget', 'data-testid': 'budget' },
        make('div', { class: 'line' }, make('span', { class: 'name' }), make('span', { class: 'faint' })), meter, make('div', { class: 'line faint' }, make('span'), make('span')));
    },
    (element, row) => {
      set(element, { 'data-scope': row.scope, 'data-tag': row.tag, 'data-used': row.used, 'data-peak': row.peak, 'data-limit': row.limit, 'data-percent': row.percent, 'data-denials': row.denials });
      const [head, meter, foot] = inside(element);
      writeName(head.children[0], budgetTitle(row));
      write(head.children[1], `${bytes(row.held)} of ${bytes(row.limit)}`);
      set(meter, { 'aria-label': budgetTitle(row), 'aria-valuemax': row.limit, 'aria-valuenow': Math.min(row.held, row.limit), 'aria-valuetext': `${row.shownPercent} %` });
      const [peak, level, mark] = inside(meter);
      setWidth(peak, percent(Math.max(row.peak, row.held), row.limit));
      setWidth(level, percent(row.held, row.limit));
      mark.hidden = row.soft === 0;
      mark.style.left = `${percent(row.soft, row.limit)}%`;
      const isHigh = row.shownPercent >= threshold;
      element.classList.toggle('high', isHigh);
      element.classList.toggle('full', row.held >= row.limit);
      set(element, { title: row.soft > 0 ? `pale: the peak; mark: the soft limit, ${bytes(row.soft)}` : 'pale: the peak' });
      write(foot.children[0], `${row.shownPercent} %${isHigh ? ' ⚠' : ''} · peak ${bytes(Math.max(row.peak, row.held))}`);
      const notes = [row.held === row.used ? '' : `${bytes(row.used)} now`, row.denials > 0 ? `denied ${count(row.denials)} times` : ''];
      write(foot.children[1], notes.filter((note) => note !== '').join(' · '));
    });
  return {
    root,
    show(shown, snapshot, tree) {
      threshold = shown.threshold;
      const sorted = withHeld(shown.budgets, snapshot, tree)
        .sort((a, b) => Number(b.scope === 'global') - Number(a.scope === 'global') || b.shownPercent - a.shownPercent || (a.tag < b.tag ? -1 : 1));
      rows.show(sorted);
      const isOld = snapshot.version < 2;
      write(none, isOld ? 'Budgets of tags are in version 2 of snapshots: SnapshotConfig().with_version(2).' : 'No budget is set: AllocConfig::enable_budgets and BudgetManager set one.');
      none.hidden = sorted.length > 0 && !isOld;
      const high = sorted.filter((row) => row.shownPercent >= threshold).map(budgetTitle).sort();
      write(spoken, high.length === 0 ? '' : `Above ${threshold} per cent: ${high.join(', ')}`);
    },
  };
}
