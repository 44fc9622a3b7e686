// SPDX-License-Identifier: MIT OR Apache-2.0
// The tags as a tree, used with the keys of ARIA's tree pattern. Focus stays on the same path over updates.
/** @import { Node, Shown } from './types' */
import { inside, make, name, Rows, set, setWidth, write } from './dom.js';
import { bytes, count, signed } from './figures.js';
import { walk } from './model.js';

/** @typedef {{ node: Node, depth: number, position: number, siblings: number }} TreeRow */

const TYPE_AHEAD_MS = 700;
// As wide as the tree has room for; see components.css.
const TREE_COLUMNS = [
  ['size', 'in use', 'with all sub-tags'], ['growth', 'growth', 'since the first snapshot of this run that was seen'], ['peak', 'peak', 'the most in this run'],
  ['wide', 'frame', 'with all sub-tags, scratch included'], ['wide', 'pool', 'with all sub-tags'], ['wide', 'heap', 'with all sub-tags'],
  ['wide', 'calls', 'of pool and heap; those of frames are not counted one by one'],
];

/** @param {Node} node */
const labelOf = (node) => (node.path === '' ? '(no tag)' : node.name);

/** @param {EventTarget | null} target @returns {HTMLElement | null} */
const treeItemAt = (target) => (target instanceof Element ? target.closest('[role=treeitem]') : null);

export class TagTree {
  #tree = make('div', { role: 'tree', 'data-testid': 'tags', 'aria-labelledby': 'tags-title' });
  #none = make('p', { class: 'faint' });
  #filter = make('input', { type: 'search', placeholder: 'Filter by path', 'aria-label': 'Filter tags by path', 'data-testid': 'tag-filter' });
  /** @type {Set<string>} */
  #closed = new Set();
  /** @type {TreeRow[]} */
  #shown = [];
  /** @type {readonly Node[]} */
  #nodes = [];
  /** @type {Pick<Shown, 'peaks' | 'firsts' | 'codes'>} */
  #figures = { peaks: {}, firsts: {}, codes: {} };
  #whole = 0;
  #focused = '';
  #typed = '';
  #typedAt = 0;
  /** @type {Rows<TreeRow>} */
  #rows;

  constructor() {
    const heading = make('h2', { id: 'tags-title' }, 'Tags');
    const titles = make('div', { class: 'tag titles faint', 'aria-hidden': 'true' }, make('span'), make('span'), make('span', { class: 'share' }, 'share'),
      ...TREE_COLUMNS.map(([kind, text, title]) => make('span', { class: kind, title }, text)));
    this.root = make('section', { class: 'card', id: 'tags-card' }, make('div', { class: 'head' }, heading, this.#filter), titles, this.#tree, this.#none);
    this.#rows = new Rows(this.#tree, (row) => row.node.path, (row) => this.#create(row), (element, row) => this.#update(element, row));
    this.#filter.addEventListener('input', () => this.#draw());
    this.#tree.addEventListener('keydown', (event) => this.#key(event));
    this.#tree.addEventListener('click', (event) => this.#click(event));
    this.#tree.addEventListener('focusin', (event) => {
      const item = treeItemAt(event.target);
      if (item !== null) this.#focused = item.dataset['path'] ?? '';
      this.#roam();
    });
  }

  /** @param {readonly Node[]} nodes @param {Pick<Shown, 'peaks' | 'firsts' | 'codes'>} figures */
  show(nodes, figures) {
    this.#nodes = nodes;
    this.#figures = figures;
    this.#whole = nodes.reduce((sum, one) => sum + one.bytes, 0);
    this.#draw();
  }

  /**
   * Effect: unfolds what is above the tag, and puts the focus on it: the first that has it as a component.
   * @param {string} tag
   */
  reveal(tag) {
    /** @type {string | undefined} */
    let found;
    walk(this.#nodes, (node) => {
      const ends = node.path === tag || node.path.endsWith(`::${tag}`);
      if (ends && (found === undefined || node.path === tag)) found = node.path;
    });
    if (found === undefined) return;
    this.#filter.value = '';
    for (let cut = found.lastIndexOf('::'); cut >= 0; cut = found.lastIndexOf('::', cut - 1)) this.#closed.delete(found.slice(0, cut));
    this.#focused = found;
    this.#draw();
    this.#focus(found);
  }

  #draw() {
    const wanted = this.#filter.value.trim().toLowerCase();
    /** @type {TreeRow[]} */
    const rows = [];
    /** @type {(node: Node) => boolean} */
    const matches = (node) => node.path.toLowerCase().includes(wanted) || node.children.some(matches);
    /** @param {readonly Node[]} nodes @param {number} depth */
    const visit = (nodes, depth) => {
      const kept = wanted === '' ? nodes : nodes.filter(matches);
      kept.forEach((node, index) => {
        rows.push({ node, depth, position: index + 1, siblings: kept.length });
        if (wanted !== '' || !this.#closed.has(node.path)) visit(node.children, depth + 1);
      });
    };
    visit(this.#nodes, 0);
    this.#shown = rows;
    const hadFocus = this.#tree.contains(document.activeElement);
    this.#rows.show(rows);
    write(this.#none, wanted === '' ? 'Nothing is held under any tag.' : 'No tag has this in its path.');
    this.#none.hidden = rows.length > 0;
    this.#tree.hidden = rows.length === 0;
    if (!rows.some((row) => row.node.path === this.#focused)) this.#focused = rows[0]?.node.path ?? '';
    this.#roam();
    // Moving an element takes its focus away.
    if (hadFocus && !this.#tree.contains(document.activeElement)) this.#focus(this.#focused);
  }

  /** @param {TreeRow} row */
  #create(row) {
    const label = make('span', { class: 'name' }, make('span'), make('span', { class: 'codes' }));
    const bar = make('span', { class: 'bar', 'aria-hidden': 'true' }, ...['frame', 'pool', 'heap'].map((kind) => make('i', { class: kind })));
    const element = make('div', { role: 'treeitem', tabindex: -1, class: 'tag', 'data-testid': 'tag' },
      make('span', { class: 'twist', 'aria-hidden': 'true' }), label, bar, ...TREE_COLUMNS.map(([kind]) => make('span', { class: kind })));
    element.dataset['path'] = row.node.path;
    return element;
  }

  /** @param {HTMLElement} element @param {TreeRow} row */
  #update(element, { node, depth, position, siblings }) {
    const peak = this.#figures.peaks[node.path] ?? node.bytes;
    const growth = node.bytes - (this.#figures.firsts[node.path] ?? 0);
    set(element, {
      'data-path': node.path, 'data-bytes': node.bytes, 'data-own': node.own, 'data-peak': peak, 'data-count': node.count, 'data-growth': growth,
      'aria-level': depth + 1, 'aria-posinset': position, 'aria-setsize': siblings, 'aria-selected': String(node.path === this.#focused),
    });
    const open = this.#filter.value.trim() !== '' || !this.#closed.has(node.path);
    if (node.children.length > 0) set(element, { 'aria-expanded': String(open) });
    else element.removeAttribute('aria-expanded');
    element.style.setProperty('--depth', String(depth));
    const [twist, label, bar, ...cells] = inside(element);
    write(twist, node.children.length === 0 ? '' : open ? '▾' : '▸');
    write(label.children[0], name(labelOf(node)).shown);
    this.#showCodes(label.children[1], node.codes);
    [node.transient, node.pool, node.heap].forEach((part, i) => setWidth(inside(bar)[i], this.#whole > 0 ? (100 * part) / this.#whole : 0));
    const texts = [bytes(node.bytes), growth === 0 ? '·' : signed(growth), bytes(peak), ...[node.transient, node.pool, node.heap].map((part) => (part > 0 ? bytes(part) : '·')), node.count > 0 ? count(node.count) : '·'];
    cells.forEach((cell, i) => {
      write(cell, texts[i]);
      cell.classList.toggle('zero', texts[i] === '·');
    });
    set(element, { title: `${name(node.path || '(no tag)').whole}: ${bytes(node.own)} itself, ${count(node.count)} allocations` });
  }

  /** @param {Element} box @param {string[]} codes */
  #showCodes(box, codes) {
    const key = codes.join(' ');
    if (box.textContent?.trim() === key) return;
    box.replaceChildren(...codes.flatMap((code) => {
      const known = this.#figures.codes[code];
      return [' ', make('span', { class: `code ${known?.severity ?? ''}`, title: known?.meaning ?? '' }, code)];
    }));
  }

  #roam() {
    for (const row of this.#shown) {
      const is = row.node.path === this.#focused;
      const element = this.#rows.get(row.node.path);
      if (element !== undefined) set(element, { tabindex: is ? 0 : -1, 'aria-selected': String(is) });
    }
  }

  /** @param {string} path */
  #focus(path) {
    this.#focused = path;
    this.#roam();
    const element = this.#rows.get(path);
    element?.focus();
    element?.scrollIntoView({ block: 'nearest' });
  }

  /** @param {string} path */
  #toggle(path) {
    if (!this.#closed.delete(path)) this.#closed.add(path);
    this.#draw();
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const item = treeItemAt(event.target);
    const row = this.#shown.find((one) => one.node.path === item?.dataset['path']);
    if (row === undefined) return;
    this.#focus(row.node.path);
    if (row.node.children.length > 0) this.#toggle(row.node.path);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const at = this.#shown.findIndex((row) => row.node.path === this.#focused);
    const row = this.#shown[at];
    if (row === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    /** @param {number} index */
    const go = (index) => {
      const to = this.#shown[index];
      if (to !== undefined) this.#focus(to.node.path);
    };
    const folds = row.node.children.length > 0;
    const isClosed = this.#closed.has(row.node.path);
    switch (event.key) {
      case 'ArrowDown': go(at + 1); break;
      case 'ArrowUp': go(at - 1); break;
      case 'Home': go(0); break;
      case 'End': go(this.#shown.length - 1); break;
      case 'ArrowRight':
        if (folds && isClosed) this.#toggle(row.node.path);
        else if (folds) go(at + 1);
        break;
      case 'ArrowLeft':
        if (folds && !isClosed) this.#toggle(row.node.path);
        else go(this.#shown.slice(0, at).findLastIndex((one) => one.depth < row.depth));
        break;
      case 'Enter':
      case ' ':
        if (folds) this.#toggle(row.node.path);
        break;
      default:
        if (event.key.length !== 1) return;
        this.#typeAhead(event.key, at, go);
    }
    event.preventDefault();
  }

  /** @param {string} letter @param {number} at @param {(index: number) => void} go */
  #typeAhead(letter, at, go) {
    const now = performance.now();
    this.#typed = now - this.#typedAt > TYPE_AHEAD_MS ? letter.toLowerCase() : this.#typed + letter.toLowerCase();
    this.#typedAt = now;
    const from = this.#typed.length > 1 ? at : at + 1;
    for (let i = 0; i < this.#shown.length; ++i) {
      const index = (from + i) % this.#shown.length;
      if (labelOf(this.#shown[index].node).toLowerCase().startsWith(this.#typed)) {
        go(index);
        break;
      }
    }
  }
}
