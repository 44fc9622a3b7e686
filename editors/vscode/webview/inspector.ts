// SPDX-License-Identifier: MIT OR Apache-2.0
// The page of the inspector, of the report and of comparisons.
import 'uplot/dist/uPlot.min.css';
import './inspector.css';
import { BytesChart, TimeChart } from './charts';
import { showComparison } from './comparison';
import { make, Rows, set, write, writeName } from './dom';
import { bytes, count } from './figures';
import { treeOf, type Point, type Summary } from './model';
import * as parts from './parts';
import type { FromPage, ProblemRow, StateMessage, ToPage } from './protocol';
import { TagTree } from './tag_tree';

declare function acquireVsCodeApi(): { postMessage(message: FromPage): void };

const MOST_POINTS = 600;
const TILES: [id: string, title: string, key: keyof Summary][] = [
  ['tile-total', 'In use', 'total_bytes'], ['tile-frame', 'Frame', 'frame_bytes'], ['tile-pool', 'Pool', 'pool_bytes'], ['tile-heap', 'Heap', 'heap_bytes'],
  ['tile-peak', 'Peak', 'peak_bytes'], ['tile-reserved', 'Reserved', 'reserved_bytes'], ['tile-idle', 'Idle', 'idle_bytes'],
];

class Inspector {
  readonly root = make('div', { 'data-testid': 'inspector', 'data-state': 'empty' });
  private points: Point[] = [];
  private readonly empty: HTMLElement;
  private readonly emptyText = make('p');
  private readonly content: HTMLElement;
  private readonly process = make('span', { 'data-testid': 'process', class: 'name' });
  private readonly about = make('span', { class: 'faint' });
  private readonly directory = make('p', { 'data-testid': 'directory', class: 'faint path' });
  private readonly pill = make('span', { class: 'pill' });
  private readonly tiles = new Map<string, HTMLElement>();
  private readonly bytesChart = new BytesChart();
  private readonly timeChart = new TimeChart();
  private readonly tags = new TagTree();
  private readonly parts: parts.Part[];
  private readonly problems: Rows<ProblemRow>;
  private readonly start: HTMLElement;

  constructor(private readonly say: (message: FromPage) => void) {
    const actions: parts.Actions = {
      goTo: (place) => say({ type: 'goto', file: place.file, line: place.line }),
      explain: (code) => say({ type: 'explain', code }),
    };
    this.parts = [
      parts.budgets(), parts.diagnostics(actions), parts.threads(), parts.phases(), parts.flows(), parts.pools(), parts.handles(), parts.streaming(),
      parts.gpu(), parts.sites(actions),
    ];
    this.start = this.button('Start Demo', { type: 'startDemo' });
    this.empty = make('div', { class: 'empty' }, this.emptyText, make('p', { class: 'buttons' }, this.button('Attach...', { type: 'attach' }), this.start));
    const tiles = make('div', { class: 'tiles' });
    for (const [id, title] of TILES) {
      const value = make('span', { class: 'value' });
      const tile = make('div', { class: 'tile', 'data-testid': id }, make('span', { class: 'faint' }, title), value);
      this.tiles.set(id, tile);
      tiles.append(tile);
    }
    const problems = make('ul', { class: 'problems' });
    this.problems = new Rows<ProblemRow>(problems, (row) => row.file, () => make('li', { 'data-testid': 'problem' }), (element, row) => {
      set(element, { 'data-file': row.file, 'data-reason': row.reason });
      writeName(element, `${row.file}: ${REASONS[row.reason] ?? row.reason}`);
    });
    const heading = make('h1', {}, this.process, ' ', this.pill);
    this.content = make('div', { class: 'content' },
      make('header', {}, heading, this.about, this.directory), tiles,
      make('div', { class: 'charts' }, this.bytesChart.root, this.timeChart.root), this.tags.root, ...this.parts.map((part) => part.root));
    this.root.append(problems, this.empty, this.content);
    // Another theme is other colours of the canvas.
    new MutationObserver(() => {
      this.bytesChart.repaint();
      this.timeChart.repaint();
    }).observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  }

  show(message: StateMessage): void {
    const { snapshot } = message;
    if (message.reset) this.points = [];
    this.points.push(...message.points);
    if (this.points.length > MOST_POINTS) this.points.splice(0, this.points.length - MOST_POINTS);
    set(this.root, {
      'data-state': message.state, 'data-frame': snapshot?.frame ?? '', 'data-pid': message.pid ?? '', 'data-run': message.run, 'data-snapshots': message.snapshots,
    });
    this.problems.show(message.problems);
    this.empty.hidden = snapshot !== null;
    this.content.hidden = snapshot === null;
    this.start.hidden = !message.canStart;
    if (snapshot === null) {
      const waits = message.directory === '' ? '' : ` The folder ${message.directory} has no snapshot yet.`;
      write(this.emptyText, message.canStart
        ? `${message.programs > 1 ? `${message.programs} programs are running.` : 'No program is attached.'}${waits}`
        : 'The workspace is not trusted: no program is started. Snapshots that lie in it are shown.');
      return;
    }
    writeName(this.process, message.name);
    write(this.pill, message.state);
    set(this.pill, { class: `pill ${message.state}` });
    write(this.about, `${message.pid === null ? '' : `pid ${message.pid} · `}frame ${count(snapshot.frame)} · ${count(message.snapshots)} snapshots`);
    writeName(this.directory, message.directory);
    for (const [id, , key] of TILES) {
      const tile = this.tiles.get(id)!;
      const value = snapshot.summary[key];
      tile.hidden = value === undefined;
      if (value === undefined) {
        tile.removeAttribute('data-testid');
        continue;
      }
      set(tile, { 'data-testid': id, 'data-bytes': value });
      write(tile.lastElementChild!, bytes(value));
    }
    this.bytesChart.show(this.points);
    this.timeChart.show(this.points);
    this.tags.show(treeOf(snapshot.tags), message.peaks);
    for (const part of this.parts) part.show(message, snapshot);
  }

  reveal(tag: string): void {
    this.tags.reveal(tag);
  }

  private button(text: string, message: FromPage): HTMLButtonElement {
    const button = make('button', { type: 'button' }, text);
    button.addEventListener('click', () => this.say(message));
    return button;
  }
}

const REASONS: Record<string, string> = {
  size: 'larger than 16 MiB', json: 'not JSON', schema: 'no snapshot of a version that is known', kind: 'no regular file',
};

const api = acquireVsCodeApi();
const page = document.getElementById('page')!;
let inspector: Inspector | undefined;
addEventListener('message', (event: MessageEvent<ToPage>) => {
  const message = event.data;
  if (message.type === 'comparison') return showComparison(page, message);
  if (inspector === undefined) page.replaceChildren((inspector = new Inspector((said) => api.postMessage(said))).root);
  if (message.type === 'show') return inspector.reveal(message.tag);
  inspector.show(message);
  api.postMessage({ type: 'shown' });
});
api.postMessage({ type: 'ready' });
