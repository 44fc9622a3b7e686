// SPDX-License-Identifier: MIT OR Apache-2.0
// Lines over frames by uPlot, in the colours of the theme.
import uPlot from 'uplot';
import { count } from '@page/components/figures.js';
import type { Plot, PlotWanted, Point } from '@page/components/types';

const HEIGHT = 150;
// Dashes tell lines apart where colours do not.
const DASHES = [undefined, [6, 3], [2, 2]];
const colour = (name: string): string => getComputedStyle(document.body).getPropertyValue(name).trim() || 'gray';

class LinePlot implements Plot {
  private plot: uPlot | undefined;
  private points: readonly Point[] = [];

  constructor(private readonly wanted: PlotWanted) {
    new ResizeObserver(() => this.resize()).observe(wanted.box);
  }

  show(points: readonly Point[]): void {
    this.points = points;
    this.plot ??= this.make();
    this.plot.setData(this.data());
  }

  repaint(): void {
    this.plot?.destroy();
    this.plot = undefined;
    if (this.points.length > 0) this.show(this.points);
  }

  // The uppermost line first; each is the sum of its own values and those below it.
  private data(): uPlot.AlignedData {
    const below = this.points.map(() => 0);
    const lines = this.wanted.series.map(({ values }) => this.points.map((point, i) => (below[i]! += values(point))));
    return [this.points.map((point) => point.frame), ...lines.reverse()];
  }

  private make(): uPlot {
    const { box, label, aim, onHover } = this.wanted;
    const lines = [...this.wanted.series].reverse();
    const text = colour('--vscode-descriptionForeground');
    const line = colour('--vscode-widget-border') === 'gray' ? colour('--vscode-panel-border') : colour('--vscode-widget-border');
    const font = `11px ${colour('--vscode-font-family')}`;
    const grid = { stroke: line, width: 1 };
    // What is stacked is filled down to the next only, not to zero.
    const bands = lines.slice(1).map((_, i): uPlot.Band => ({ series: [i + 1, i + 2] }));
    return new uPlot({
      width: Math.max(box.clientWidth, 120),
      height: HEIGHT,
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, points: { show: false } },
      scales: { x: { time: false }, y: { range: (_, __, most) => [0, Math.max(most * 1.05, aim * 1.1, 1)] } },
      axes: [
        { stroke: text, font, grid: { show: false }, ticks: { show: false }, size: 24, space: 70, values: (_, all) => all.map((value) => count(value)) },
        { stroke: text, font, grid, ticks: { show: false }, size: 64, splits: (_, __, ___, most) => [0, most / 3, (2 * most) / 3, most / 1.05], values: (_, all) => all.map((value) => label(value)) },
      ],
      series: [{}, ...lines.map(({ color }, i): uPlot.Series => {
        const stroke = colour(color);
        const fill = lines.length === 1 ? {} : { fill: stroke.startsWith('#') ? `${stroke.slice(0, 7)}55` : stroke };
        return { stroke, ...fill, width: 1.5, points: { show: false }, ...(DASHES[i] === undefined ? {} : { dash: DASHES[i] }) };
      })],
      ...(bands.length > 0 ? { bands } : {}),
      hooks: {
        setCursor: [(plot) => onHover(plot.cursor.idx ?? undefined)],
        draw: [(plot) => this.drawAim(plot)],
      },
    }, [[]], box);
  }

  private drawAim(plot: uPlot): void {
    const { aim } = this.wanted;
    if (aim <= 0) return;
    const { ctx } = plot;
    const at = plot.valToPos(aim, 'y', true);
    ctx.save();
    ctx.strokeStyle = colour('--vscode-descriptionForeground');
    ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(plot.bbox.left, at);
    ctx.lineTo(plot.bbox.left + plot.bbox.width, at);
    ctx.stroke();
    ctx.restore();
  }

  private resize(): void {
    const width = this.wanted.box.clientWidth;
    if (this.plot !== undefined && width > 0 && width !== this.plot.width) this.plot.setSize({ width, height: HEIGHT });
  }
}

export const makePlot = (wanted: PlotWanted): Plot => new LinePlot(wanted);
