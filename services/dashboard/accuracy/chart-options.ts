import type uPlot from 'uplot';
import type { AccuracySeries, Fate } from './accuracy-series';

const HEIGHT = 260;
const MARK = 4;

/** The options of uPlot, with the colours that the page's style has at this moment. */
export function chartOptions(width: number, seriesNow: () => AccuracySeries): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const axis = {
    stroke: colour('ink-soft'),
    grid: { stroke: colour('line'), width: 1 },
    ticks: { show: false },
  };
  const percent = (value: number | null) => (value === null ? '–' : `${(100 * value).toFixed(1)} %`);
  return {
    width,
    height: HEIGHT,
    legend: { markers: { dash: (_chart, column) => (column === 2 ? 'dashed' : 'solid') } },
    cursor: { drag: { x: false, y: false } },
    scales: {
      x: { time: false },
      y: { range: (_chart, low, high) => [Math.max(0, Math.min(low, high - 0.05) - 0.02), 1] },
    },
    axes: [
      {
        ...axis,
        label: 'version',
        labelSize: 20,
        labelFont: '13px system-ui',
        size: 30,
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000],
      },
      {
        ...axis,
        size: 52,
        values: (_chart, splits) => splits.map((split) => `${Math.round(100 * split)} %`),
      },
    ],
    series: [
      { label: 'version', value: (_chart, value) => (value === null ? '–' : `v${value}`) },
      {
        label: 'prequential accuracy',
        stroke: colour('sky'),
        width: 2,
        points: { show: false },
        spanGaps: true,
        value: (_chart, value) => percent(value),
      },
      {
        label: 'holdout accuracy',
        stroke: colour('leaf'),
        width: 2,
        dash: [6, 3],
        points: { show: false },
        spanGaps: true,
        value: (_chart, value) => percent(value),
      },
    ],
    hooks: {
      // While no pointer is on the chart the legend shows the newest version.
      setCursor: [
        (chart) => {
          if (chart.cursor.idx === null || chart.cursor.idx === undefined)
            chart.setLegend({ idx: chart.data[0].length - 1 }, false);
        },
      ],
      draw: [
        (chart) =>
          drawFates(chart, seriesNow(), {
            promoted: colour('leaf'),
            refused: colour('warn'),
            alarm: colour('alarm'),
          }),
      ],
    },
  };
}

/** Draws a mark on the holdout accuracy of each version, or on its prequential accuracy without a holdout; each fate has a shape. */
function drawFates(
  chart: uPlot,
  { versions, holdout, prequential, fates, isCrowded }: AccuracySeries,
  colours: Record<Fate, string>,
): void {
  const { ctx } = chart;
  const size = MARK * devicePixelRatio;
  for (const [i, version] of versions.entries()) {
    const fate = fates[i]!;
    const share = (fate === 'alarm' ? prequential[i] : holdout[i]) ?? prequential[i] ?? null;
    if (share === null || (isCrowded && fate === 'promoted')) continue;
    const x = chart.valToPos(version, 'x', true);
    const y = chart.valToPos(share, 'y', true);
    ctx.beginPath();
    markPath(ctx, fate, x, y, size);
    ctx.fillStyle = colours[fate];
    ctx.fill();
  }
}

function markPath(ctx: CanvasRenderingContext2D, fate: Fate, x: number, y: number, size: number): void {
  if (fate === 'promoted') ctx.arc(x, y, 0.8 * size, 0, 2 * Math.PI);
  else if (fate === 'refused') ctx.rect(x - size, y - size, 2 * size, 2 * size);
  else {
    ctx.moveTo(x, y - 1.6 * size);
    ctx.lineTo(x + 1.6 * size, y + 1.3 * size);
    ctx.lineTo(x - 1.6 * size, y + 1.3 * size);
    ctx.closePath();
  }
}
