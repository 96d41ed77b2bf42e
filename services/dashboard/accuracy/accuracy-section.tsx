import { useMemo } from 'preact/hooks';
import type { VersionSummary } from '../../../shared/api/events';
import { counted, shareText } from '../ui/format';
import { Section } from '../ui/section';
import { AccuracyChart } from './accuracy-chart';
import { accuracySeries, SMOOTHED_ROWS } from './accuracy-series';
import './accuracy.css';

/** How often the tree was right, version by version, on rows that it had not seen. */
export function AccuracySection({ versions }: { readonly versions: readonly VersionSummary[] }) {
  const series = useMemo(() => accuracySeries(versions), [versions]);
  const newest = versions.at(-1);
  return (
    <Section
      title="How often it is right"
      id="accuracy"
      note={
        newest === undefined ? 'no version yet' : `${counted(newest.prequential.rows, 'row')} tested so far`
      }
    >
      {newest === undefined ? (
        <p class="empty">The first version is on its way; every one after it is tested on new rows first.</p>
      ) : (
        <>
          <AccuracyChart series={series} told={toldOf(newest)} />
          <ul class="fates">
            {!series.isCrowded && <li class="fate-promoted">went live</li>}
            <li class="fate-refused">stayed away: worse, or held back by a person</li>
            <li class="fate-alarm">alarm: fell by ten points</li>
            {series.isCrowded && <li class="fate-unmarked">all others went live</li>}
          </ul>
          <p class="accuracy-note">
            Every row is predicted before a tree learns from it: that is the first line, over about the last{' '}
            {SMOOTHED_ROWS} rows. A share of all rows is kept aside, to judge versions by: that is the second.
          </p>
        </>
      )}
    </Section>
  );
}

function toldOf({ version, prequential, holdout }: VersionSummary): string {
  const heldOut = shareText({ hits: holdout.candidate, rows: holdout.rows });
  return `Accuracy by version, up to version ${version}: ${shareText(prequential)} of all new rows so far, ${heldOut} of the rows that are never learned from.`;
}
