// SPDX-License-Identifier: MIT OR Apache-2.0
// Memory of devices: each heap as a bar of its budget, and what tags hold.
/** @import { Device, DeviceTag, Heap, Part } from './types' */
import { inside, make, present, Rows, section, set, setWidth, write, writeName } from './dom.js';
import { bytes, count, percent } from './figures.js';
import { Facts, Table } from './table.js';

/** @param {HTMLElement} parent @returns {Rows<Heap>} */
const heapRows = (parent) => new Rows(parent, (heap) => String(heap.index),
  () => {
    const meter = make('div', { class: 'meter', role: 'meter', 'aria-valuemin': 0 }, make('i', { class: 'peak' }), make('i', { class: 'level' }));
    return make('div', { class: 'budget', 'data-testid': 'gpu-heap' },
      make('div', { class: 'line' }, make('span'), make('span', { class: 'faint' })), meter, make('div', { class: 'line faint' }, make('span'), make('span')));
  },
  (element, heap) => {
    const budget = heap.budget || heap.size;
    const title = `Heap ${count(heap.index)}, ${bytes(heap.size)}${heap.device_local ? ', device-local' : ''}`;
    const share = percent(heap.reserved, budget);
    set(element, { 'data-heap': heap.index, 'data-used': heap.used, 'data-reserved': heap.reserved, 'data-budget': budget, title: 'pale: held and not handed out' });
    const [head, meter, foot] = inside(element);
    write(head.children[0], title);
    write(head.children[1], `${bytes(heap.reserved)} of ${bytes(budget)}`);
    set(meter, { 'aria-label': title, 'aria-valuemax': budget, 'aria-valuenow': Math.min(heap.reserved, budget), 'aria-valuetext': `${share} %` });
    const [held, used] = inside(meter);
    setWidth(held, share);
    setWidth(used, percent(Math.min(heap.used, heap.reserved), budget));
    element.classList.toggle('high', share > 90);
    element.classList.toggle('full', budget > 0 && heap.reserved >= budget);
    const notes = [heap.limit > 0 ? `limit ${bytes(heap.limit)}` : '', heap.external > 0 ? `others hold ${bytes(heap.external)}` : '', heap.measured ? '' : 'budget estimated', heap.denials > 0 ? `denied ${count(heap.denials)} times` : ''];
    write(foot.children[0], `${bytes(heap.used)} handed out`);
    write(foot.children[1], notes.filter((note) => note !== '').join(', '));
  });

class DeviceView {
  #title = make('h3');
  #facts = new Facts();
  #heaps = make('div', { class: 'bars' });
  #none = make('p', { class: 'faint' }, 'Nothing is handed out under any tag.');
  #heapRows = heapRows(this.#heaps);
  /** @type {Table<DeviceTag>} */
  #tags = new Table(['Tag', 'Bytes', 'With sub-tags', 'Most', '+Limit', 'Denied'], 'Tags of the device', 'gpu-tag', (row) => row.path, (row) => ({ 'data-path': row.path, 'data-bytes': row.bytes }),
    (row) => [row.path || '(no tag)', bytes(row.bytes), bytes(row.subtree_bytes), bytes(row.peak_bytes), row.limit > 0 ? bytes(row.limit) : '·', row.denials > 0 ? count(row.denials) : '·']);

  constructor() {
    this.root = make('div', { class: 'device', 'data-testid': 'gpu-device' }, this.#title, this.#facts.root,
      make('div', { class: 'device-parts' }, this.#heaps, make('div', {}, this.#tags.root, this.#none)));
  }

  /** @param {Device} row */
  show(row) {
    const of = (/** @type {string} */ key) => row.totals[key] ?? 0;
    set(this.root, { 'data-name': row.name });
    writeName(this.#title, row.name || 'device');
    this.#facts.show([
      ['frame', count(row.frame)], ['held', bytes(of('total_bytes'))], ['handed out', bytes(of('allocated_bytes'))], ['of frames', bytes(of('transient_bytes'))], ['retired', bytes(of('retired_bytes'))],
      ['padding', bytes(of('padding_bytes'))], ['free', bytes(of('free_bytes'))], ['most handed out', bytes(of('peak_usage'))], ['allocations', count(of('allocation_count'))],
      ['blocks', count(of('block_count'))], ['fragmentation', `${Math.round(100 * of('fragmentation'))} %`], ['denied', count(of('failed_allocations'))],
    ]);
    this.#heapRows.show(row.heaps);
    const tags = [...row.tags].sort((a, b) => b.bytes - a.bytes).slice(0, 200);
    this.#tags.root.hidden = tags.length === 0;
    this.#none.hidden = tags.length > 0;
    this.#tags.show(tags);
  }
}

/** @returns {Part} */
export function devicePart() {
  const { root, body } = section('GPU', 'gpu-card');
  /** @type {Map<HTMLElement, DeviceView>} */
  const views = new Map();
  /** @type {Rows<Device>} */
  const rows = new Rows(body, (row) => row.name, () => {
    const view = new DeviceView();
    views.set(view.root, view);
    return view.root;
  }, (element, row) => views.get(element)?.show(row));
  return {
    root,
    show(_, snapshot) {
      const all = snapshot.gpu?.devices ?? [];
      present(root, 'gpu', all.length > 0);
      rows.show(all);
      for (const element of views.keys()) if (!body.contains(element)) views.delete(element);
    },
  };
}
