// SPDX-License-Identifier: MIT OR Apache-2.0
// The tags as a tree, used with the keys of ARIA's tree pattern. Focus stays on the same path over updates.
import { make, name, Rows, set, write } from './dom';
import { bytes, count } from './figures';
import { walk, type Node } from './model';

const TYPE_AHEAD_MS = 700;

interface Row {
  node: Node;
  depth: number;
  position: number;
  siblings: number;
}

const label = (node: Node): string => (node.path === '' ? '(no tag)' : node.name);

export class TagTree {
  readonly root: HTMLElement;
  private readonly tree = make('div', { role: 'tree', 'data-testid': 'tags', 'aria-labelledby': 'tags-title' });
  private readonly none = make('p', { class: 'faint' }, 'No tag has this in its path.');
  private readonly filter = make('input', { type: 'search', placeholder: 'Filter by path', 'aria-label': 'Filter tags by path', 'data-testid': 'tag-filter' });
  private readonly closed = new Set<string>();
  private readonly rows: Rows<Row>;
  private shown: Row[] = [];
  private nodes: readonly Node[] = [];
  private peaks: Record<string, number> = {};
  private focused = '';
  private typed = '';
  private typedAt = 0;

  constructor() {
    const heading = make('h2', { id: 'tags-title' }, 'Tags');
    this.root = make('section', { class: 'card', id: 'tags-card' }, make('div', { class: 'head' }, heading, this.filter), this.tree, this.none);
    this.rows = new Rows<Row>(this.tree, (row) => row.node.path, (row) => this.create(row), (element, row) => this.update(element, row));
    this.filter.addEventListener('input', () => this.draw());
    this.tree.addEventListener('keydown', (event) => this.key(event));
    this.tree.addEventListener('click', (event) => this.click(event));
    this.tree.addEventListener('focusin', (event) => {
      const item = (event.target as HTMLElement).closest<HTMLElement>('[role=treeitem]');
      if (item !== null) this.focused = item.dataset['path'] ?? '';
      this.roam();
    });
  }

  show(nodes: readonly Node[], peaks: Record<string, number>): void {
    this.nodes = nodes;
    this.peaks = peaks;
    this.draw();
  }

  /** Effect: unfolds what is above the tag, and puts the focus on it: the first that has it as a component. */
  reveal(tag: string): void {
    let found: string | undefined;
    walk(this.nodes, (node) => {
      const ends = node.path === tag || node.path.endsWith(`::${tag}`);
      if (ends && (found === undefined || node.path === tag)) found = node.path;
    });
    if (found === undefined) return;
    this.filter.value = '';
    for (let cut = found.lastIndexOf('::'); cut >= 0; cut = found.lastIndexOf('::', cut - 1)) this.closed.delete(found.slice(0, cut));
    this.focused = found;
    this.draw();
    this.focus(found);
  }

  private draw(): void {
    const wanted = this.filter.value.trim().toLowerCase();
    const rows: Row[] = [];
    const matches = (node: Node): boolean => node.path.toLowerCase().includes(wanted) || node.children.some(matches);
    const visit = (nodes: readonly Node[], depth: number): void => {
      const kept = wanted === '' ? nodes : nodes.filter(matches);
      kept.forEach((node, index) => {
        rows.push({ node, depth, position: index + 1, siblings: kept.length });
        if (wanted !== '' || !this.closed.has(node.path)) visit(node.children, depth + 1);
      });
    };
    visit(this.nodes, 0);
    this.shown = rows;
    const hadFocus = this.tree.contains(document.activeElement);
    this.rows.show(rows);
    this.none.hidden = rows.length > 0;
    this.tree.hidden = rows.length === 0;
    if (!rows.some((row) => row.node.path === this.focused)) this.focused = rows[0]?.node.path ?? '';
    this.roam();
    // Moving an element takes its focus away.
    if (hadFocus && !this.tree.contains(document.activeElement)) this.focus(this.focused);
  }

  private create(row: Row): HTMLElement {
    const element = make('div', { role: 'treeitem', tabindex: -1, class: 'tag', 'data-testid': 'tag' },
      make('span', { class: 'twist', 'aria-hidden': 'true' }), make('span', { class: 'name' }), make('span', { class: 'bar', 'aria-hidden': 'true' }, make('i')),
      make('span', { class: 'size' }), make('span', { class: 'faint peak' }));
    element.dataset['path'] = row.node.path;
    return element;
  }

  private update(element: HTMLElement, { node, depth, position, siblings }: Row): void {
    const peak = this.peaks[node.path] ?? node.bytes;
    set(element, {
      'data-path': node.path, 'data-bytes': node.bytes, 'data-own': node.own, 'data-peak': peak, 'data-count': node.count,
      'aria-level': depth + 1, 'aria-posinset': position, 'aria-setsize': siblings, 'aria-selected': String(node.path === this.focused),
    });
    const open = this.filter.value.trim() !== '' || !this.closed.has(node.path);
    if (node.children.length > 0) set(element, { 'aria-expanded': String(open) });
    else element.removeAttribute('aria-expanded');
    const [twist, text, bar, size, most] = element.children as unknown as HTMLElement[];
    write(twist!, node.children.length === 0 ? '' : open ? '▾' : '▸');
    write(text!, name(label(node)).shown);
    element.style.setProperty('--depth', String(depth));
    const whole = this.nodes.reduce((sum, one) => sum + one.bytes, 0);
    (bar!.firstElementChild as HTMLElement).style.width = `${whole > 0 ? (100 * node.bytes) / whole : 0}%`;
    write(size!, bytes(node.bytes));
    write(most!, `peak ${bytes(peak)}`);
    set(element, { title: `${name(node.path || '(no tag)').whole}: ${bytes(node.own)} itself, ${count(node.count)} allocations` });
  }

  private roam(): void {
    for (const row of this.shown) {
      const is = row.node.path === this.focused;
      const element = this.rows.get(row.node.path);
      if (element !== undefined) set(element, { tabindex: is ? 0 : -1, 'aria-selected': String(is) });
    }
  }

  private focus(path: string): void {
    this.focused = path;
    this.roam();
    const element = this.rows.get(path);
    element?.focus();
    element?.scrollIntoView({ block: 'nearest' });
  }

  private toggle(path: string): void {
    if (!this.closed.delete(path)) this.closed.add(path);
    this.draw();
  }

  private click(event: MouseEvent): void {
    const item = (event.target as HTMLElement).closest<HTMLElement>('[role=treeitem]');
    const row = this.shown.find((one) => one.node.path === item?.dataset['path']);
    if (row === undefined) return;
    this.focus(row.node.path);
    if (row.node.children.length > 0) this.toggle(row.node.path);
  }

  private key(event: KeyboardEvent): void {
    const at = this.shown.findIndex((row) => row.node.path === this.focused);
    const row = this.shown[at];
    if (row === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    const go = (index: number): void => {
      const to = this.shown[index];
      if (to !== undefined) this.focus(to.node.path);
    };
    const folds = row.node.children.length > 0;
    const isClosed = this.closed.has(row.node.path);
    switch (event.key) {
      case 'ArrowDown': go(at + 1); break;
      case 'ArrowUp': go(at - 1); break;
      case 'Home': go(0); break;
      case 'End': go(this.shown.length - 1); break;
      case 'ArrowRight':
        if (folds && isClosed) this.toggle(row.node.path);
        else if (folds) go(at + 1);
        break;
      case 'ArrowLeft':
        if (folds && !isClosed) this.toggle(row.node.path);
        else go(this.shown.slice(0, at).findLastIndex((one) => one.depth < row.depth));
        break;
      case 'Enter':
      case ' ':
        if (folds) this.toggle(row.node.path);
        break;
      default:
        if (event.key.length !== 1 || !this.typeAhead(event.key, at, go)) return;
    }
    event.preventDefault();
  }

  private typeAhead(letter: string, at: number, go: (index: number) => void): boolean {
    const now = performance.now();
    this.typed = now - this.typedAt > TYPE_AHEAD_MS ? letter.toLowerCase() : this.typed + letter.toLowerCase();
    this.typedAt = now;
    const from = this.typed.length > 1 ? at : at + 1;
    for (let i = 0; i < this.shown.length; ++i) {
      const index = (from + i) % this.shown.length;
      if (label(this.shown[index]!.node).toLowerCase().startsWith(this.typed)) {
        go(index);
        break;
      }
    }
    return true;
  }
}
