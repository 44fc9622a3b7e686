// SPDX-License-Identifier: MIT OR Apache-2.0
// The parts of the inspector below charts and tags.
import { make, Rows, section, set, write, writeName } from './dom';
import { bytes, count, percent, time } from './figures';
import type { Device, Diagnostic, Phase, Pool, Site, Snapshot, Thread } from './model';
import type { BudgetRow, Place, StateMessage } from './protocol';

export interface Actions {
  goTo(place: Place): void;
  explain(code: string): void;
}

/** Effect: shows the section and lets it be found by its test id only while the snapshot has what it shows. */
function present(root: HTMLElement, testid: string, is: boolean): void {
  root.hidden = !is;
  if (is) set(root, { 'data-testid': testid });
  else root.removeAttribute('data-testid');
}

export interface Part {
  root: HTMLElement;
  show(message: StateMessage, snapshot: Snapshot): void;
}

/** A table whose rows are kept by key; each cell is text, the first is a name. */
class Table<T> {
  readonly root: HTMLElement;
  private readonly rows: Rows<T>;

  constructor(titles: string[], caption: string, testid: string, key: (row: T, index: number) => string, attributes: (row: T) => Record<string, string | number>, cells: (row: T) => string[]) {
    const head = make('tr', {}, ...titles.map((title) => make('th', { scope: 'col' }, title)));
    const body = make('tbody');
    this.root = make('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `Table: ${caption}` }, make('table', {}, make('thead', {}, head), body));
    this.rows = new Rows<T>(body, key,
      () => make('tr', { 'data-testid': testid }, make('th', { scope: 'row' }), ...titles.slice(1).map(() => make('td'))),
      (element, row) => {
        set(element, attributes(row));
        cells(row).forEach((text, i) => (i === 0 ? writeName(element.children[0] as HTMLElement, text) : write(element.children[i]!, text)));
      });
  }
  show(rows: readonly T[]): void {
    this.rows.show(rows);
  }
}

const SCOPES: Record<BudgetRow['scope'], string> = { global: 'The program', tag: '', thread: 'Frame memory of ', 'thread-pool': 'Pool memory of ' };

export function budgets(): Part {
  const { root, body } = section('Budgets', 'budgets');
  const none = make('p', { class: 'faint' }, 'No budget is set.');
  const list = make('div');
  // What is read out: which budgets are above the threshold, when that changes.
  const spoken = make('p', { class: 'hidden', role: 'status', 'aria-live': 'polite' });
  body.append(none, list, spoken);
  const title = (row: BudgetRow): string => (row.scope === 'tag' ? row.tag || '(no tag)' : SCOPES[row.scope] + row.tag);
  let threshold = 80;
  const rows = new Rows<BudgetRow>(list, (row, index) => `${row.scope}:${row.tag}:${row.scope.startsWith('thread') ? index : ''}`,
    () => {
      const meter = make('div', { class: 'meter', role: 'meter', 'aria-valuemin': 0 }, make('i', { class: 'peak' }), make('i', { class: 'level' }));
      return make('div', { class: 'budget', 'data-testid': 'budget' },
        make('div', { class: 'line' }, make('span', { class: 'name' }), make('span', { class: 'faint' })), meter, make('div', { class: 'line faint' }, make('span'), make('span')));
    },
    (element, row) => {
      set(element, { 'data-scope': row.scope, 'data-tag': row.tag, 'data-used': row.used, 'data-peak': row.peak, 'data-limit': row.limit, 'data-percent': row.percent, 'data-denials': row.denials });
      const [head, meter, foot] = element.children as unknown as HTMLElement[];
      writeName(head!.children[0] as HTMLElement, title(row));
      write(head!.children[1]!, `${bytes(row.used)} of ${bytes(row.limit)}`);
      set(meter!, { 'aria-label': title(row), 'aria-valuemax': row.limit, 'aria-valuenow': Math.min(row.used, row.limit), 'aria-valuetext': `${row.percent} %` });
      (meter!.children[0] as HTMLElement).style.width = `${Math.min(percent(row.peak, row.limit), 100)}%`;
      (meter!.children[1] as HTMLElement).style.width = `${Math.min(percent(row.used, row.limit), 100)}%`;
      element.classList.toggle('high', row.percent >= threshold);
      write(foot!.children[0]!, `${row.percent} %${row.percent >= threshold ? ' ⚠' : ''} · peak ${bytes(Math.max(row.peak, row.used))}`);
      write(foot!.children[1]!, row.denials > 0 ? `denied ${count(row.denials)} times` : '');
    });
  return {
    root,
    show(message) {
      threshold = message.threshold;
      const sorted = [...message.budgets].sort((a, b) => Number(b.scope === 'global') - Number(a.scope === 'global') || b.percent - a.percent || (a.tag < b.tag ? -1 : 1));
      rows.show(sorted);
      none.hidden = sorted.length > 0;
      const high = sorted.filter((row) => row.percent >= threshold).map(title).sort();
      write(spoken, high.length === 0 ? '' : `Above ${threshold} per cent: ${high.join(', ')}`);
    },
  };
}

export function threads(): Part {
  const { root, body } = section('Threads', 'threads');
  const table = new Table<Thread>(['Thread', 'Frame', 'Pool', 'Heap', 'Peak'], 'Threads', 'thread', (row) => row.id,
    (row) => ({ 'data-id': row.id, 'data-frame': row.frame_bytes, 'data-pool': row.pool_bytes, 'data-heap': row.heap_bytes, 'data-peak': row.peak_bytes }),
    (row) => [row.name, bytes(row.frame_bytes), bytes(row.pool_bytes), bytes(row.heap_bytes), bytes(row.peak_bytes)]);
  body.append(table.root);
  return { root, show: (_, snapshot) => table.show(snapshot.threads) };
}

export function phases(): Part {
  const { root, body } = section('Phases', 'phases');
  const table = new Table<Phase>(['Phase', 'Last frame', 'Time', 'Times', 'Longest'], 'Phases', 'phase', (row) => row.name,
    (row) => ({ 'data-name': row.name, 'data-bytes': row.bytes_last_frame, 'data-us': row.duration_us_last_frame }),
    (row) => [row.name, bytes(row.bytes_last_frame), time(row.duration_us_last_frame), count(row.count), time(row.duration_us_max)]);
  body.append(table.root);
  return {
    root,
    show(_, snapshot) {
      root.hidden = (snapshot.phases ?? []).length === 0;
      table.show(snapshot.phases ?? []);
    },
  };
}

export function flows(): Part {
  const { root, body } = section('What moved', 'flows-card');
  const facts = make('p', { 'data-testid': 'flows', class: 'facts' });
  body.append(facts);
  return {
    root,
    show(_, { promotions, transfers, deferred }) {
      const promoted = promotions.to_pool + promotions.to_heap + (promotions.to_scratch ?? 0);
      set(facts, { 'data-promoted': promoted, 'data-failed': promotions.failed, 'data-pending': transfers.pending, 'data-deferred': deferred.queue_depth });
      write(facts, `${count(promoted)} promoted, ${count(promotions.failed)} failed · ${count(transfers.pending)} transfers pending · ${count(deferred.queue_depth)} frees deferred`);
    },
  };
}

// A message with its places as buttons, the rest as text.
function withPlaces(text: string, places: ReadonlyMap<string, Place>, actions: Actions): (Node | string)[] {
  const parts: (Node | string)[] = [];
  let at = 0;
  for (const match of text.matchAll(/[^\s:"'`<>()[\]{},;]+\.[A-Za-z][A-Za-z0-9+]{0,4}:\d{1,7}/g)) {
    const place = places.get(match[0]);
    if (place === undefined) continue;
    parts.push(text.slice(at, match.index), gotoButton(place, actions));
    at = match.index + match[0].length;
  }
  parts.push(text.slice(at));
  return parts;
}

function gotoButton(place: Place, actions: Actions): HTMLElement {
  const button = make('button', { type: 'button', class: 'link', 'data-testid': 'goto', 'data-file': place.file, 'data-line': place.line }, place.text);
  button.addEventListener('click', () => actions.goTo(place));
  return button;
}

export function diagnostics(actions: Actions): Part {
  const { root, body } = section('Reports', 'diagnostics');
  let places = new Map<string, Place>();
  const rows = new Rows<Diagnostic>(body, (row) => `${row.code}\n${row.tag ?? ''}\n${row.message}\n${[...places.keys()].filter((key) => row.message.includes(key)).join()}`,
    (row) => {
      const code = make('button', { type: 'button', class: 'link code', title: `Explain ${row.code}` }, row.code);
      code.addEventListener('click', () => actions.explain(row.code));
      const message = make('span', { class: 'message' }, ...withPlaces(row.message.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\ufffd'), places, actions));
      const tag = make('span', { class: 'faint' });
      writeName(tag, row.tag === null ? '' : ` ${row.tag} `);
      return make('p', { 'data-testid': 'diagnostic', 'data-code': row.code, 'data-tag': row.tag ?? '' }, code, tag, ' ', message);
    }, () => undefined);
  return {
    root,
    show(message, snapshot) {
      places = new Map(message.places.map((place) => [place.text, place]));
      root.hidden = snapshot.diagnostics.length === 0;
      rows.show(snapshot.diagnostics.slice(0, 1000));
    },
  };
}

export function gpu(): Part {
  const { root, body } = section('GPU', 'gpu-card');
  const devices = new Rows<Device>(body, (row) => row.name,
    () => make('div', {}, make('h3'), make('p', { class: 'facts' }), make('div', { class: 'heaps' }), make('div', { class: 'device-tags' })),
    (element, row) => {
      const [head, facts, heaps, tags] = element.children as unknown as HTMLElement[];
      writeName(head!, row.name || 'device');
      const all = row.totals;
      write(facts!, `${bytes(all['total_bytes'] ?? 0)} held · ${bytes(all['allocated_bytes'] ?? 0)} handed out · ${bytes(all['free_bytes'] ?? 0)} free · ${count(all['failed_allocations'] ?? 0)} denied`);
      heaps!.replaceChildren(...row.heaps.map((heap) =>
        make('p', { 'data-heap': String(heap['index']) }, `Heap ${String(heap['index'])}${heap['device_local'] === true ? ', device-local' : ''}: ${bytes(Number(heap['reserved']))} of ${bytes(Number(heap['budget']) || Number(heap['size']))}`)));
      tags!.replaceChildren(...row.tags.slice(0, 200).map((tag) => {
        const text = make('p');
        writeName(text, `${tag.path || '(no tag)'}: ${bytes(tag.bytes)}`);
        return text;
      }));
    });
  return {
    root,
    show(_, snapshot) {
      const all = snapshot.gpu?.devices ?? [];
      present(root, 'gpu', all.length > 0);
      devices.show(all);
    },
  };
}

export function pools(): Part {
  const { root, body } = section('Pools', 'pools-card');
  const table = new Table<Pool>(['Blocks of', 'Pages', 'Room', 'Free again', 'Allocations'], 'Pools by size class', 'pool', (row) => String(row.block_bytes),
    (row) => ({ 'data-size': row.block_bytes, 'data-pages': row.pages, 'data-blocks': row.blocks, 'data-free': row.free_blocks }),
    (row) => [bytes(row.block_bytes), count(row.pages), bytes(row.blocks * row.block_bytes), bytes(row.free_blocks * row.block_bytes), count(row.allocations)]);
  body.append(table.root);
  return {
    root,
    show(_, snapshot) {
      present(root, 'pools', (snapshot.pools ?? []).length > 0);
      table.show(snapshot.pools ?? []);
    },
  };
}

export function handles(): Part {
  const { root, body } = section('Handles', 'handles-card');
  const facts = make('p', { class: 'facts' });
  body.append(facts);
  return {
    root,
    show(_, { handles: all }) {
      present(root, 'handles', Boolean(all));
      if (!all) return;
      const share = percent(all['hole_bytes'] ?? 0, all['chunk_bytes'] ?? 0);
      set(root, { 'data-count': all['count'] ?? 0, 'data-bytes': all['bytes'] ?? 0 });
      write(facts, `${count(all['count'] ?? 0)} objects, ${bytes(all['bytes'] ?? 0)} · ${count(all['pinned'] ?? 0)} pinned · ${bytes(all['chunk_bytes'] ?? 0)} in chunks, ${share} % of it holes · ${count(all['relocations_total'] ?? 0)} moved`);
    },
  };
}

export function streaming(): Part {
  const { root, body } = section('Streaming', 'streaming-card');
  const facts = make('p', { class: 'facts' });
  body.append(facts);
  return {
    root,
    show(_, { streaming: all }) {
      present(root, 'streaming', Boolean(all));
      if (!all) return;
      const budget = all['budget'] ?? 0;
      set(root, { 'data-reserved': all['reserved_bytes'] ?? 0, 'data-budget': budget });
      const of = budget > 0 ? ` of ${bytes(budget)}, ${percent(all['reserved_bytes'] ?? 0, budget)} %` : '';
      write(facts, `${bytes(all['reserved_bytes'] ?? 0)} reserved${of} · ${bytes(all['loaded_bytes'] ?? 0)} loaded · ${count(all['ready'] ?? 0)} ready, ${count(all['loading'] ?? 0)} loading, ${count(all['failed'] ?? 0)} failed · ${count(all['evictions_total'] ?? 0)} evicted · ${count(all['denials'] ?? 0)} denied`);
    },
  };
}

export function sites(actions: Actions): Part {
  const { root, body } = section('Places that hold most', 'sites-card');
  let places = new Map<string, Place>();
  const rows = new Rows<Site>(body, (row) => `${row.file}:${row.line}\n${row.tag}\n${row.type}\n${String(places.has(`${row.file}:${row.line}`))}`,
    (row) => {
      const text = `${row.file}:${row.line}`;
      const place = places.get(text);
      const where = place === undefined ? make('span', { class: 'name' }) : gotoButton(place, actions);
      if (place === undefined) writeName(where, text);
      return make('p', { 'data-testid': 'site', class: 'line' }, make('span', {}, where, ' ', make('span', { class: 'faint' })), make('span'));
    },
    (element, row) => {
      set(element, { 'data-file': row.file, 'data-line': row.line, 'data-bytes': row.bytes, 'data-count': row.count });
      writeName(element.children[0]!.lastElementChild as HTMLElement, [row.tag, row.type].filter((part) => part !== '').join(' · '));
      write(element.children[1]!, `${bytes(row.bytes)} in ${count(row.count)}`);
    });
  return {
    root,
    show(message, snapshot) {
      places = new Map(message.places.map((place) => [place.text, place]));
      const all = snapshot.sites ?? [];
      present(root, 'sites', all.length > 0);
      rows.show(all);
    },
  };
}
