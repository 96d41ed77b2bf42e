import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { AccuracySeries } from './accuracy-series';
import { chartOptions } from './chart-options';

interface AccuracyChartProps {
  readonly series: AccuracySeries;
  /** The newest figures in words, for screen readers. */
  readonly label: string;
}

/** The line chart. It is rebuilt when the colour scheme changes; otherwise only its size and figures are updated. */
export function AccuracyChart({ series, label }: AccuracyChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const newest = useRef(series);
  const chart = useRef<uPlot | null>(null);
  newest.current = series;

  useEffect(() => {
    const target = place.current;
    if (target === null) return;
    const make = () => {
      chart.current?.destroy();
      const options = chartOptions(target.clientWidth, () => newest.current);
      chart.current = new uPlot(options, columnsOf(newest.current), target);
    };
    const fit = () => chart.current?.setSize({ width: target.clientWidth, height: chart.current.height });
    const watcher = new ResizeObserver(fit);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    make();
    watcher.observe(target);
    scheme.addEventListener('change', make);
    return () => {
      watcher.disconnect();
      scheme.removeEventListener('change', make);
      chart.current?.destroy();
      chart.current = null;
    };
  }, []);

  useEffect(() => {
    chart.current?.setData(columnsOf(series));
    chart.current?.setLegend({ idx: series.versions.length - 1 }, false);
  }, [series]);

  return <div ref={place} class="accuracy-chart" role="img" aria-label={label} />;
}

function columnsOf({ versions, prequential, holdout }: AccuracySeries): uPlot.AlignedData {
  return [[...versions], [...prequential], [...holdout]];
}
