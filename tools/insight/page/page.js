// SPDX-License-Identifier: MIT OR Apache-2.0
// The page of `fa insight`: follows the server, or shows what it was written with, by the components that the editor has too.
/** @import { CodeRow, Shown, Snapshot, State } from './components/types' */
import { Comparison } from './components/comparison.js';
import { make, section, set, write } from './components/dom.js';
import { beginsRun, Run } from './components/run.js';
import { View } from './components/view.js';
import { makeSvgPlot } from './svg_plot.js';
import { wholeSnapshot } from './whole.js';

/** @typedef {{ severity: string, slug: string, meaning: string, help: string }} Meaning */
/** @typedef {{ latest: number, problems: string[], snapshots: { sequence: number, data: unknown }[] }} Answer */
/** What page.cpp puts in. @typedef {{ live: boolean, interval_ms: number, directory: string, codes: Record<string, Meaning>, first: Answer }} Given */

const THRESHOLD = 80;
const RETRY_MS = 1000;

/** @param {string} id @returns {HTMLElement} */
function byId(id) {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`no element ${id}`);
  return element;
}

/** @param {Given} given */
function emptyPage(given) {
  const code = `framealloc::SnapshotEmitter emitter(framealloc::SnapshotConfig()
    .with_directory(${JSON.stringify(given.directory)})
    .with_version(framealloc::kSnapshotVersion3));
...
alloc.end_frame();
if (emitter.wanted()) emitter.emit(alloc.snapshot());`;
  const live = given.live ? 'It is asked for a snapshot while this page is open; nothing else is to do. ' : 'This page was written without one. ';
  return make('div', { class: 'empty card' },
    make('h2', {}, 'No snapshot yet'),
    make('p', {}, 'This page shows what a game holds as soon as the game writes its first snapshot into ', make('b', {}, given.directory),
      '. The game needs an emitter and asks it once a frame:'),
    make('pre', {}, code),
    make('p', {}, live, 'To see the page at work: fa demo --snapshots DIR, and fa insight --directory DIR.'));
}

class Meanings {
  #codes;
  #list = make('dl', { class: 'meanings' });

  /** @param {Record<string, Meaning>} codes */
  constructor(codes) {
    this.#codes = codes;
    const { root, body } = section('What the codes mean', 'codes-card');
    body.append(this.#list);
    this.root = root;
  }

  /** @param {string} code @returns {Meaning | undefined} */
  of(code) {
    return Object.hasOwn(this.#codes, code) ? this.#codes[code] : undefined;
  }

  /** @param {string} code */
  goTo(code) {
    location.hash = `#code-${code}`;
    // The same place as before is none to go to.
    document.getElementById(`code-${code}`)?.scrollIntoView();
  }

  /** @param {Iterable<string>} codes */
  show(codes) {
    const rows = [...new Set(codes)].sort().flatMap((code) => {
      const known = this.of(code);
      if (known === undefined) return [];
      return [make('dt', { id: `code-${code}` }, make('span', { class: `code ${known.severity}` }, code), ' ', make('b', {}, known.slug)),
        make('dd', {}, `${known.meaning}. `, make('span', { class: 'faint' }, `${known.help}.`))];
    });
    this.root.hidden = rows.length === 0;
    this.#list.replaceChildren(...rows);
  }
}

/** What grew since a moment that was chosen: since the first snapshot of the run, unless somebody sets a mark. */
class Growth {
  #comparison = new Comparison();
  #toggle = byId('compare');
  #mark = make('button', { type: 'button', 'data-testid': 'mark' }, 'Compare from now on');
  #content;
  #isShown = false;
  /** @type {Snapshot | undefined} */
  #before;
  /** @type {Snapshot | undefined} */
  #now;

  /**
   * @param {HTMLElement} content hidden while this is shown
   * @param {boolean} live whether there will be more to compare with
   */
  constructor(content, live) {
    this.#content = content;
    this.root = make('section', { class: 'card', id: 'growth', 'aria-label': 'Comparison', hidden: '' }, make('p', { class: 'buttons' }, this.#mark), this.#comparison.root);
    this.#mark.hidden = !live;
    this.#mark.addEventListener('click', () => {
      this.#before = this.#now;
      this.#draw();
    });
    this.#toggle.addEventListener('click', () => {
      this.#isShown = !this.#isShown;
      write(this.#toggle, this.#isShown ? 'Back' : 'Compare');
      this.#draw();
    });
  }

  /** @param {Snapshot} snapshot @param {boolean} begins whether it is the first of a run */
  take(snapshot, begins) {
    if (begins) this.#before = snapshot;
    this.#now = snapshot;
  }

  show() {
    this.#toggle.hidden = this.#now === undefined;
    this.#draw();
  }

  #draw() {
    if (this.#now === undefined || this.#before === undefined) return;
    this.root.hidden = !this.#isShown;
    this.#content.hidden = this.#isShown;
    if (this.#isShown) this.#comparison.show(this.#before, this.#now);
  }
}

class Page {
  #given;
  #latest = 0;
  #run = new Run(0);
  #paused = false;
  /** @type {State} */
  #state = 'stopped';
  /** @type {string[]} */
  #problems = [];
  #meanings;
  #view;
  #growth;

  /** @param {Given} given */
  constructor(given) {
    this.#given = given;
    this.#meanings = new Meanings(given.codes);
    this.#view = new View({ goTo: () => undefined, explain: (code) => this.#meanings.goTo(code) }, makeSvgPlot, emptyPage(given));
    this.#view.content.append(this.#meanings.root);
    this.#growth = new Growth(this.#view.content, given.live);
    byId('page').append(this.#view.root, this.#growth.root);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#view.repaint());
  }

  /** @param {Answer} answer */
  take(answer) {
    for (const { sequence, data } of answer.snapshots) {
      const snapshot = wholeSnapshot(data);
      const begins = beginsRun(this.#run.newest, snapshot);
      if (begins) this.#run = new Run(this.#run.number + 1);
      this.#run.add(snapshot);
      this.#growth.take(snapshot, begins);
      // The allocator's own peak is sampled too; what was seen to be held was held.
      snapshot.summary.peak_bytes = Math.max(snapshot.summary.peak_bytes, ...this.#run.points.map((point) => point.frameBytes + point.poolBytes + point.heapBytes));
      this.#latest = Math.max(this.#latest, sequence);
    }
    this.#problems = answer.problems;
    this.#show();
  }

  start() {
    if (!this.#given.live) {
      this.#status('report', '');
      return;
    }
    this.#status('connecting', 'wait');
    const pauseButton = byId('pause');
    pauseButton.hidden = false;
    pauseButton.addEventListener('click', () => {
      this.#paused = !this.#paused;
      write(pauseButton, this.#paused ? 'Go on' : 'Pause');
    });
    void this.#follow();
  }

  #show() {
    const snapshot = this.#run.newest ?? null;
    const codes = snapshot === null ? [] : [...snapshot.diagnostics.map((one) => one.code), ...snapshot.tags.flatMap((tag) => tag.diagnostics)];
    /** @type {Record<string, CodeRow>} */
    const rows = {};
    for (const code of codes) {
      const known = this.#meanings.of(code);
      if (known !== undefined) rows[code] = known;
    }
    if (snapshot !== null) document.title = `frame ${snapshot.frame} · framealloc insight`;
    /** @type {Shown} */
    const shown = {
      state: snapshot === null ? 'empty' : this.#state, directory: this.#given.directory, name: snapshot?.process?.name || folderName(this.#given.directory), pid: snapshot?.process?.id ?? null,
      run: this.#run.number, snapshots: this.#run.sequence, snapshot, reset: true, points: this.#run.points, ...this.#run.shown(),
      threshold: THRESHOLD, problems: this.#problems.map(problemOf), places: [], codes: rows,
    };
    this.#view.show(shown);
    this.#growth.show();
    this.#meanings.show(codes);
  }

  /** @param {string} text @param {string} kind */
  #status(text, kind) {
    write(byId('status'), text);
    set(byId('status'), { class: `pill ${kind}` });
    this.#state = kind === 'live' ? 'live' : 'stopped';
    if (this.#run.newest !== undefined) set(this.#view.root, { 'data-state': this.#state });
  }

  async #follow() {
    for (;;) {
      if (this.#paused || document.hidden) {
        if (this.#paused) this.#status('paused', '');
        await pause(200);
        continue;
      }
      try {
        const answer = await fetch(`/api/snapshots?since=${this.#latest}&ask=1&wait=${4 * this.#given.interval_ms}`);
        if (!answer.ok) throw new Error(answer.statusText);
        const data = /** @type {Answer} */ (await answer.json());
        // Another server, which counts anew.
        if (data.latest < this.#latest) return location.reload();
        const fresh = data.snapshots.length > 0;
        this.#status(fresh ? 'live' : 'waiting for the game', fresh ? 'live' : 'wait');
        if (!this.#paused) this.take(data);
      } catch {
        this.#status('fa insight does not answer', 'lost');
        await pause(RETRY_MS);
      }
      await pause(this.#given.interval_ms);
    }
  }
}

/** @param {number} ms */
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// Version 1 of snapshots has no name of the process.
/** @param {string} directory */
const folderName = (directory) => directory.split(/[\\/]/).filter((part) => part !== '').pop() ?? '';

/** @param {string} text "snapshot_1.json: ends in the middle" */
function problemOf(text) {
  const cut = text.indexOf(': ');
  return cut < 0 ? { file: text, reason: '' } : { file: text.slice(0, cut), reason: text.slice(cut + 2) };
}

const given = /** @type {Given} */ (JSON.parse(byId('data').textContent ?? ''));
const page = new Page(given);
page.take(given.first);
page.start();
