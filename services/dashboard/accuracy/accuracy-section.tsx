import { useMemo } from 'preact/hooks';
import type { VersionSummary } from '../../../shared/api/events';
import { counted, shareText } from '../ui/format';
import { Section } from '../ui/section';
import { AccuracyChart } from './accuracy-chart';
import { accuracySeries, SMOOTHED_ROWS } from './accuracy-series';
import './accuracy.css';

/** Prequential and holdout accuracy, version by version. */
export function AccuracySection({ versions }: { readonly versions: readonly VersionSummary[] }) {
  const series = useMemo(() => accuracySeries(versions), [versions]);
  const newest = versions.at(-1);
  return (
    <Section
      title="Accuracy"
      id="accuracy"
      note={newest === undefined ? undefined : `${counted(newest.prequential.rows, 'row')} scored so far`}
    >
      {newest === undefined ? (
        <p class="empty">No version has been trained yet, so there is no accuracy to show.</p>
      ) : (
        <>
          <AccuracyChart series={series} label={labelOf(newest)} />
          <ul class="fates">
            {!series.isCrowded && <li class="fate-promoted">promoted</li>}
            <li class="fate-refused">not promoted: worse, or the champion is pinned by hand</li>
            <li class="fate-alarm">alarm: prequential accuracy fell by ten points</li>
            {series.isCrowded && <li class="fate-unmarked">unmarked: promoted</li>}
          </ul>
          <p class="accuracy-note">
            Prequential accuracy: the share of rows that were predicted correctly before a tree learned from
            them, over about the last {SMOOTHED_ROWS} rows. Holdout accuracy: the share of correct predictions
            on rows that no tree learns from.
          </p>
        </>
      )}
    </Section>
  );
}

function labelOf({ version, prequential, holdout }: VersionSummary): string {
  const holdoutText = shareText({ hits: holdout.candidate, rows: holdout.rows });
  return `Accuracy by version, up to version ${version}: prequential accuracy ${shareText(prequential)}, holdout accuracy ${holdoutText}.`;
}
