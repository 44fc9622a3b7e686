// SPDX-License-Identifier: MIT OR Apache-2.0
// Frames over time.
import uPlot from 'uplot';
import { make, set, write } from './dom';
import { bytes, count, nearestRank, time } from './figures';
import type { Point } from './model';

const HEIGHT = 150;
const colour = (name: string): string => getComputedStyle(document.body).getPropertyValue(name).trim() || 'gray';

abstract class Chart {
  readonly root: HTMLElement;
  protected readonly caption = make('p', { class: 'faint legend' });
  private readonly box = make('div', { class: 'plot', role: 'img' });
  private plot: uPlot | undefined;
  private points: readonly Point[] = [];

  constructor(title: string, readonly id: string) {
    this.root = make('figure', {}, make('figcaption', {}, make('h2', {}, title)), this.caption, this.box);
    set(this.box, { 'data-testid': id, 'data-points': 0, 'aria-label': title });
    new ResizeObserver(() => this.resize()).observe(this.box);
  }

  show(points: readonly Point[]): void {
    this.points = points;
    set(this.box, { 'data-points': points.length, 'aria-label': this.summary(points) });
    this.plot ??= this.make();
    this.plot.setData(this.data(points));
  }

  /** Effect: draws with the colours of the theme as it is now. */
  repaint(): void {
    this.plot?.destroy();
    this.plot = undefined;
    if (this.points.length > 0) this.show(this.points);
  }

  protected abstract summary(points: readonly Point[]): string;
  protected abstract data(points: readonly Point[]): uPlot.AlignedData;
  protected abstract series(): uPlot.Series[];
  protected abstract label(value: number): string;
  /** Series that are filled down to the next only, not to zero. */
  protected bands(): uPlot.Band[] {
    return [];
  }

  private make(): uPlot {
    const text = colour('--vscode-descriptionForeground');
    const line = colour('--vscode-widget-border') === 'gray' ? colour('--vscode-panel-border') : colour('--vscode-widget-border');
    const font = `11px ${colour('--vscode-font-family')}`;
    const grid = { stroke: line, width: 1 };
    return new uPlot({
      width: Math.max(this.box.clientWidth, 120),
      height: HEIGHT,
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, points: { show: false } },
      scales: { x: { time: false }, y: { range: (_, __, most) => [0, Math.max(most * 1.05, 1)] } },
      axes: [
        { stroke: text, font, grid: { show: false }, ticks: { show: false }, size: 24, space: 70, values: (_, all) => all.map((value) => count(value)) },
        { stroke: text, font, grid, ticks: { show: false }, size: 64, splits: (_, __, ___, most) => [0, most / 3, (2 * most) / 3, most / 1.05], values: (_, all) => all.map((value) => this.label(value)) },
      ],
      series: [{}, ...this.series()],
      ...(this.bands().length > 0 ? { bands: this.bands() } : {}),
    }, [[]], this.box);
  }

  private resize(): void {
    const width = this.box.clientWidth;
    if (this.plot !== undefined && width > 0 && width !== this.plot.width) this.plot.setSize({ width, height: HEIGHT });
  }
}

export class BytesChart extends Chart {
  constructor() {
    super('Bytes by frame', 'chart-bytes');
  }

  protected summary(points: readonly Point[]): string {
    const newest = points[points.length - 1];
    if (newest === undefined) return 'Bytes by frame: none yet';
    const parts = `frame ${bytes(newest.frameBytes)}, pool ${bytes(newest.poolBytes)}, heap ${bytes(newest.heapBytes)}`;
    write(this.caption, parts);
    return `Bytes over ${points.length} frames, now ${parts}`;
  }
  // Stacked: heap below, then pool, then frame.
  protected data(points: readonly Point[]): uPlot.AlignedData {
    return [
      points.map((point) => point.frame),
      points.map((point) => point.heapBytes + point.poolBytes + point.frameBytes),
      points.map((point) => point.heapBytes + point.poolBytes),
      points.map((point) => point.heapBytes),
    ];
  }
  protected series(): uPlot.Series[] {
    return (['blue', 'green', 'orange'] as const).map((name, i) => {
      const stroke = colour(`--vscode-charts-${name}`);
      // Dashes tell them apart where colours do not.
      return { label: ['frame', 'pool', 'heap'][i]!, stroke, fill: stroke.startsWith('#') ? `${stroke.slice(0, 7)}55` : stroke, width: 1.5, points: { show: false }, ...(i > 0 ? { dash: i === 1 ? [6, 3] : [2, 2] } : {}) };
    });
  }
  protected override bands(): uPlot.Band[] {
    return [{ series: [1, 2] }, { series: [2, 3] }];
  }
  protected label(value: number): string {
    return bytes(value);
  }
}

export class TimeChart extends Chart {
  private readonly p50 = make('span', { 'data-testid': 'time-p50' });
  private readonly p99 = make('span', { 'data-testid': 'time-p99' });

  constructor() {
    super('Frame time', 'chart-time');
  }

  protected summary(points: readonly Point[]): string {
    const times = points.map((point) => point.us);
    if (times.every((us) => us === 0)) {
      this.caption.replaceChildren('The program gives no frame times: Snapshot::with_duration() takes them.');
      return 'Frame time: not measured';
    }
    const half = nearestRank(times, 0.5) ?? 0;
    const most = nearestRank(times, 0.99) ?? 0;
    set(this.p50, { 'data-us': half });
    set(this.p99, { 'data-us': most });
    write(this.p50, `p50 ${time(half)}`);
    write(this.p99, `p99 ${time(most)}`);
    if (this.p50.parentNode !== this.caption) this.caption.replaceChildren(this.p50, ' · ', this.p99);
    return `Frame time over ${points.length} frames: median ${time(half)}, 99th percentile ${time(most)}`;
  }
  protected data(points: readonly Point[]): uPlot.AlignedData {
    return [points.map((point) => point.frame), points.map((point) => point.us)];
  }
  protected series(): uPlot.Series[] {
    return [{ label: 'time', stroke: colour('--vscode-charts-blue'), width: 1.5, points: { show: false } }];
  }
  protected label(value: number): string {
    return time(Math.round(value));
  }
}
