// SPDX-License-Identifier: MIT OR Apache-2.0
// Lines over frames as SVG: the page is one file, without a library.
/** @import { MakePlot, Plot, PlotWanted, Point } from './components/types' */
import { count } from './components/figures.js';

const [PLOT_HEIGHT, LEFT, ROOF, BELOW] = [190, 62, 10, 22];
const FEW_POINTS = 60;

/** @param {string} name @param {Record<string, string | number>} attributes @param {string} [text] */
function draw(name, attributes, text) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  if (text !== undefined) element.textContent = text;
  return element;
}

/**
 * The next value of which a quarter reads well, in decimal steps from a power of `base`.
 * @param {number} value
 * @param {number} base
 */
function ceiling(value, base) {
  let unit = base === 10 ? 100 : base;
  while (unit * base < value) unit *= base;
  for (let scale = unit; ; scale *= 10) {
    for (const step of [1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8]) if (step * scale >= value) return step * scale;
  }
}

/** @implements {Plot} */
class SvgPlot {
  #svg = /** @type {SVGSVGElement} */ (draw('svg', { 'aria-hidden': 'true' }));
  #wanted;
  /** @type {readonly Point[]} */
  #points = [];
  /** @type {number | undefined} */
  #hover;

  /** @param {PlotWanted} wanted */
  constructor(wanted) {
    this.#wanted = wanted;
    wanted.box.append(this.#svg);
    this.#svg.addEventListener('mousemove', (event) => this.#point(this.#nearest(event.clientX)));
    this.#svg.addEventListener('mouseleave', () => this.#point(undefined));
    addEventListener('resize', () => this.repaint());
  }

  /** @param {readonly Point[]} points */
  show(points) {
    this.#points = points;
    this.repaint();
  }

  repaint() {
    const points = this.#points;
    if (points.length === 0) return;
    const { right, floor, x } = this.#place();
    const { aim, base, label } = this.#wanted;
    const sums = this.#sums();
    const most = Math.max(...sums[sums.length - 1], 1) * 1.03;
    const top = ceiling(Math.max(most, aim * 1.1), base);
    const y = (/** @type {number} */ value) => floor - (value / top) * (floor - ROOF);
    const parts = [];
    for (let step = 0; step <= 4; ++step) {
      const at = y((top * step) / 4);
      parts.push(draw('line', { class: 'grid', x1: LEFT, x2: right, y1: at, y2: at }), draw('text', { x: LEFT - 8, y: at + 4, 'text-anchor': 'end' }, label((top * step) / 4)));
    }
    if (aim > 0) parts.push(draw('line', { class: 'aim', x1: LEFT, x2: right, y1: y(aim), y2: y(aim) }));
    parts.push(...(sums.length > 1 ? this.#areas(sums, x, y) : this.#line(sums[0], x, y)));
    const [first, last] = [points[0].frame, points[points.length - 1].frame];
    if (last > first) parts.push(draw('text', { x: LEFT, y: PLOT_HEIGHT - 5 }, `frame ${count(first)}`));
    parts.push(draw('text', { x: right, y: PLOT_HEIGHT - 5, 'text-anchor': 'end' }, `frame ${count(last)}`));
    const hovered = this.#hover === undefined ? undefined : points[this.#hover];
    if (hovered !== undefined) parts.push(draw('line', { class: 'cursor', x1: x(hovered.frame), x2: x(hovered.frame), y1: ROOF, y2: floor }));
    this.#svg.replaceChildren(...parts);
  }

  #place() {
    const width = Math.max(this.#svg.clientWidth, 200);
    this.#svg.setAttribute('viewBox', `0 0 ${width} ${PLOT_HEIGHT}`);
    const right = width - 8;
    const [first, last] = [this.#points[0].frame, this.#points[this.#points.length - 1].frame];
    const x = (/** @type {number} */ frame) => (last > first ? LEFT + ((frame - first) / (last - first)) * (right - LEFT) : right);
    return { right, floor: PLOT_HEIGHT - BELOW, x };
  }

  // Each line's values with those of the lines below it.
  #sums() {
    const below = this.#points.map(() => 0);
    return this.#wanted.series.map(({ values }) => this.#points.map((point, i) => (below[i] += values(point))));
  }

  /** @param {number[][]} sums @param {(frame: number) => number} x @param {(value: number) => number} y */
  #areas(sums, x, y) {
    const zero = this.#points.map(() => 0);
    const corners = (/** @type {number[]} */ line) => this.#points.map((point, i) => `${x(point.frame)},${y(line[i])}`);
    return sums.map((line, i) => {
      const fill = `var(${this.#wanted.series[i].color})`;
      const floor = sums[i - 1] ?? zero;
      if (line.length > 1) return draw('polygon', { class: 'area', fill, points: [...corners(line), ...corners(floor).reverse()].join(' ') });
      // One frame has no width: it is shown as a bar.
      return draw('rect', { class: 'area', fill, x: x(this.#points[0].frame) - 6, width: 6, y: y(line[0]), height: Math.max(y(floor[0]) - y(line[0]), 0) });
    });
  }

  /** @param {number[]} values @param {(frame: number) => number} x @param {(value: number) => number} y */
  #line(values, x, y) {
    const color = `var(${this.#wanted.series[0].color})`;
    const line = draw('polyline', { class: 'line', stroke: color, points: this.#points.map((point, i) => `${x(point.frame)},${y(values[i])}`).join(' ') });
    if (this.#points.length >= FEW_POINTS) return [line];
    return [line, ...this.#points.map((point, i) => draw('circle', { fill: color, cx: x(point.frame), cy: y(values[i]), r: 2.5 }))];
  }

  /** @param {number} clientX */
  #nearest(clientX) {
    if (this.#points.length === 0) return undefined;
    const { x } = this.#place();
    const at = clientX - this.#svg.getBoundingClientRect().left;
    let best = 0;
    this.#points.forEach((point, index) => {
      if (Math.abs(x(point.frame) - at) < Math.abs(x(this.#points[best].frame) - at)) best = index;
    });
    return best;
  }

  /** @param {number | undefined} index */
  #point(index) {
    this.#hover = index;
    this.#wanted.onHover(index);
    this.repaint();
  }
}

/** @type {MakePlot} */
export const makeSvgPlot = (wanted) => new SvgPlot(wanted);
