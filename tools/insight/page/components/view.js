// SPDX-License-Identifier: MIT OR Apache-2.0
// The whole view of a program: the inspector, the report, and the page of `fa insight`.
/** @import { Actions, MakePlot, Part, Point, ProblemRow, Shown, Summary } from './types' */
import { budgetPart } from './budgets.js';
import { BytesChart, TimeChart } from './charts.js';
import { devicePart } from './devices.js';
import { make, Rows, set, write, writeName } from './dom.js';
import { bytes, count } from './figures.js';
import { treeOf } from './model.js';
import { flowPart, handlePart, phasePart, poolPart, streamingPart, threadPart } from './parts.js';
import { reportPart, sitePart } from './reports.js';
import { MOST_SNAPSHOTS } from './run.js';
import { TagTree } from './tag_tree.js';

/** @type {[id: string, title: string, key: keyof Summary, kind: string][]} */
const TILES = [
  ['tile-total', 'In use', 'total_bytes', ''], ['tile-frame', 'Frame', 'frame_bytes', 'frame'], ['tile-pool', 'Pool', 'pool_bytes', 'pool'], ['tile-heap', 'Heap', 'heap_bytes', 'heap'],
  ['tile-peak', 'Peak', 'peak_bytes', ''], ['tile-reserved', 'Reserved', 'reserved_bytes', ''], ['tile-idle', 'Idle', 'idle_bytes', ''],
];
/** @type {Record<string, string>} */
const REASONS = {
  size: 'larger than 16 MiB', json: 'not JSON', schema: 'no snapshot of a version that is known', kind: 'no regular file',
};

/** @param {string} classes @param {...HTMLElement} children */
const box = (classes, ...children) => make('div', { class: classes }, ...children);

export class View {
  root = make('div', { 'data-testid': 'inspector', 'data-state': 'empty' });
  /** @type {Point[]} */
  #points = [];
  #process = make('span', { 'data-testid': 'process', class: 'name' });
  #about = make('span', { class: 'faint' });
  #directory = make('p', { 'data-testid': 'directory', class: 'faint path' });
  #pill = make('span', { class: 'pill' });
  /** @type {Map<string, HTMLElement>} */
  #tiles = new Map();
  #tags = new TagTree();
  /** @type {BytesChart} */
  #bytes;
  /** @type {TimeChart} */
  #times;
  /** @type {Part[]} */
  #parts;
  /** @type {Rows<ProblemRow>} */
  #problems;

  /**
   * @param {Actions} actions
   * @param {MakePlot} makePlot
   * @param {HTMLElement} empty shown instead of the rest while there is no snapshot
   */
  constructor(actions, makePlot, empty) {
    this.empty = empty;
    this.#bytes = new BytesChart(makePlot);
    this.#times = new TimeChart(makePlot);
    const [budgets, reports, threads, phases, flows] = [budgetPart(), reportPart(actions), threadPart(), phasePart(), flowPart()];
    const [pools, handles, streaming, devices, sites] = [poolPart(), handlePart(), streamingPart(), devicePart(), sitePart(actions)];
    this.#parts = [budgets, reports, threads, phases, flows, pools, handles, streaming, devices, sites];
    const tiles = box('tiles');
    for (const [id, title, , kind] of TILES) {
      const label = make('span', { class: 'faint' }, ...(kind === '' ? [] : [make('i', { class: `dot ${kind}`, 'aria-hidden': 'true' })]), title);
      const tile = make('div', { class: 'tile', 'data-testid': id }, label, make('span', { class: 'value' }));
      this.#tiles.set(id, tile);
      tiles.append(tile);
    }
    const problems = make('ul', { class: 'problems' });
    this.#problems = new Rows(problems, (row) => `${row.file}\n${row.reason}`, () => make('li', { 'data-testid': 'problem' }), (element, row) => {
      set(element, { 'data-file': row.file, 'data-reason': row.reason });
      writeName(element, [row.file, REASONS[row.reason] ?? row.reason].filter((part) => part !== '').join(': '));
    });
    this.content = box('content', make('header', {}, make('h1', {}, this.#process, ' ', this.#pill), this.#about, this.#directory), tiles,
      box('charts', this.#bytes.root, this.#times.root),
      box('columns', this.#tags.root, box('stack', budgets.root, reports.root), threads.root, phases.root),
      devices.root,
      box('halves', pools.root, box('stack', flows.root, handles.root, streaming.root)),
      sites.root);
    this.root.append(problems, empty, this.content);
  }

  /** @param {Shown} shown */
  show(shown) {
    const { snapshot } = shown;
    if (shown.reset) this.#points = [];
    this.#points.push(...shown.points);
    if (this.#points.length > MOST_SNAPSHOTS) this.#points.splice(0, this.#points.length - MOST_SNAPSHOTS);
    set(this.root, {
      'data-state': shown.state, 'data-frame': snapshot?.frame ?? '', 'data-pid': shown.pid ?? '', 'data-run': shown.run, 'data-snapshots': shown.snapshots,
    });
    this.#problems.show(shown.problems);
    this.empty.hidden = snapshot !== null;
    this.content.hidden = snapshot === null;
    if (snapshot === null) return;
    writeName(this.#process, shown.name);
    write(this.#pill, shown.state);
    set(this.#pill, { class: `pill ${shown.state}` });
    write(this.#about, `${shown.pid === null ? '' : `pid ${shown.pid} · `}frame ${count(snapshot.frame)} · ${count(shown.snapshots)} snapshots`);
    writeName(this.#directory, shown.directory);
    this.#showTiles(snapshot.summary);
    this.#bytes.show(this.#points);
    this.#times.show(this.#points);
    const tree = treeOf(snapshot.tags);
    this.#tags.show(tree, shown);
    for (const part of this.#parts) part.show(shown, snapshot, tree);
  }

  /** @param {string} tag */
  reveal(tag) {
    this.#tags.reveal(tag);
  }

  /** Effect: draws the charts in the colours that the page has now. */
  repaint() {
    this.#bytes.repaint();
    this.#times.repaint();
  }

  /** @param {Summary} summary */
  #showTiles(summary) {
    for (const [id, tile] of this.#tiles) {
      const key = TILES.find(([one]) => one === id)?.[2];
      const value = key === undefined ? undefined : summary[key];
      tile.hidden = value === undefined;
      if (value === undefined) {
        tile.removeAttribute('data-testid');
        continue;
      }
      set(tile, { 'data-testid': id, 'data-bytes': value });
      write(tile.children[1], bytes(value));
    }
  }
}
