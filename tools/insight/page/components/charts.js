// SPDX-License-Identifier: MIT OR Apache-2.0
// Frames over time: titles, legends and what is read out. The lines themselves are drawn by whoever is given.
/** @import { MakePlot, Plot, PlotWanted, Point } from './types' */
import { make, set, write } from './dom.js';
import { bytes, count, nearestRank, time } from './figures.js';

const AIM_US = Math.round(1e6 / 60);

class Chart {
  #box = make('div', { class: 'plot', role: 'img' });
  /** @type {Plot | undefined} */
  #plot;
  /** @type {readonly Point[]} */
  #points = [];
  /** @type {number | undefined} */
  #hover;

  /**
   * @param {string} title
   * @param {string} testid
   */
  constructor(title, testid) {
    this.caption = make('p', { class: 'faint legend' });
    this.root = make('figure', {}, make('figcaption', {}, make('h2', {}, title), this.caption), this.#box);
    set(this.#box, { 'data-testid': testid, 'data-points': 0, 'aria-label': title });
  }

  /**
   * Requirement: called once, before anything is shown.
   * @param {MakePlot} makePlot
   * @param {Omit<PlotWanted, 'box' | 'onHover'>} wanted
   */
  draws(makePlot, wanted) {
    this.#plot = makePlot({
      ...wanted, box: this.#box,
      onHover: (index) => {
        this.#hover = index;
        this.#tell();
      },
    });
  }

  /** @param {readonly Point[]} points */
  show(points) {
    this.#points = points;
    set(this.#box, { 'data-points': points.length, 'aria-label': this.summary(points) });
    this.#tell();
    const isMeasured = this.has(points);
    this.#box.hidden = !isMeasured;
    if (isMeasured) this.#plot?.show(points);
  }

  /** Effect: draws with the colours of the theme as it is now. */
  repaint() {
    if (this.#points.length > 0) this.#plot?.repaint();
  }

  #tell() {
    const hovered = this.#hover === undefined ? undefined : this.#points[this.#hover];
    this.legend(this.#points, hovered);
  }

  /** @param {readonly Point[]} points @returns {string} */
  summary(points) {
    return `${points.length} frames`;
  }
  /** @param {readonly Point[]} points @returns {boolean} whether there is anything to draw */
  has(points) {
    return points.length > 0;
  }
  /** @param {readonly Point[]} _points @param {Point | undefined} _hovered */
  legend(_points, _hovered) {}
}

export class BytesChart extends Chart {
  #frame = make('span');
  #kinds = ['frame', 'pool', 'heap'].map((kind) => make('span', { class: 'kind' }, make('i', { class: `dot ${kind}`, 'aria-hidden': 'true' }), make('span')));

  /** @param {MakePlot} makePlot */
  constructor(makePlot) {
    super('Bytes by frame', 'chart-bytes');
    this.caption.append(this.#frame, ...this.#kinds);
    this.draws(makePlot, {
      series: [
        { color: '--vscode-charts-purple', values: (point) => point.heapBytes },
        { color: '--vscode-charts-green', values: (point) => point.poolBytes },
        { color: '--vscode-charts-blue', values: (point) => point.frameBytes },
      ],
      label: bytes, aim: 0, base: 1024,
    });
  }

  /** @override @param {readonly Point[]} points */
  summary(points) {
    const newest = points[points.length - 1];
    if (newest === undefined) return 'Bytes by frame: none yet';
    return `Bytes over ${points.length} frames, now frame ${bytes(newest.frameBytes)}, pool ${bytes(newest.poolBytes)}, heap ${bytes(newest.heapBytes)}`;
  }

  /** @override @param {readonly Point[]} points @param {Point | undefined} hovered */
  legend(points, hovered) {
    const point = hovered ?? points[points.length - 1];
    if (point === undefined) return;
    write(this.#frame, hovered === undefined ? '' : `at ${count(point.frame)}`);
    const values = [`frame ${bytes(point.frameBytes)}`, `pool ${bytes(point.poolBytes)}`, `heap ${bytes(point.heapBytes)}`];
    this.#kinds.forEach((kind, i) => write(kind.children[1], values[i]));
  }
}

export class TimeChart extends Chart {
  #p50 = make('span', { 'data-testid': 'time-p50' });
  #p99 = make('span', { 'data-testid': 'time-p99' });
  #at = make('span');
  #aim = make('span', { class: 'aim' }, 'dashed: 60 Hz');

  /** @param {MakePlot} makePlot */
  constructor(makePlot) {
    super('Frame time', 'chart-time');
    this.draws(makePlot, { series: [{ color: '--vscode-charts-blue', values: (point) => point.us }], label: (us) => time(Math.round(us)), aim: AIM_US, base: 10 });
  }

  /** @override @param {readonly Point[]} points */
  has(points) {
    return points.some((point) => point.us > 0);
  }

  /** @override @param {readonly Point[]} points */
  summary(points) {
    if (!this.has(points)) return 'Frame time: not measured';
    const { half, most } = ranks(points);
    return `Frame time over ${points.length} frames: median ${time(half)}, 99th percentile ${time(most)}`;
  }

  /** @override @param {readonly Point[]} points @param {Point | undefined} hovered */
  legend(points, hovered) {
    if (!this.has(points)) {
      this.caption.replaceChildren('The program gives no frame times: Snapshot::with_duration() takes them.');
      return;
    }
    const { half, most } = ranks(points);
    set(this.#p50, { 'data-us': half });
    set(this.#p99, { 'data-us': most });
    write(this.#p50, `p50 ${time(half)}`);
    write(this.#p99, `p99 ${time(most)}`);
    write(this.#at, hovered === undefined ? '' : `at ${count(hovered.frame)}: ${time(hovered.us)}`);
    if (this.#p50.parentNode !== this.caption) this.caption.replaceChildren(this.#at, this.#p50, this.#p99, this.#aim);
  }
}

/** @param {readonly Point[]} points */
function ranks(points) {
  const times = points.map((point) => point.us);
  return { half: nearestRank(times, 0.5) ?? 0, most: nearestRank(times, 0.99) ?? 0 };
}
