import type { VersionSummary } from '../../../shared/api/events';
import { UNKNOWN } from '../ui/format';

const REASONS: Readonly<Record<string, string>> = {
  first: 'the first version',
  'not-worse': 'not worse on the holdout rows',
  'champion-better': 'clearly worse on the holdout rows',
  immediate: 'promotion mode is immediate',
  held: 'the champion is pinned by hand',
  manual: 'promotion mode is manual',
};

/** Why a version was promoted or not; an unknown reason, such as a person's own words, stays as it is. */
export function reasonInWords(reason: string): string {
  return REASONS[reason] ?? reason;
}

/** Version → the aliases that point at it, in alphabetical order. */
export function aliasesByVersion(
  aliases: Readonly<Record<string, { readonly version: number }>>,
): ReadonlyMap<number, readonly string[]> {
  const named = new Map<number, string[]>();
  for (const alias of Object.keys(aliases).sort()) {
    const { version } = aliases[alias]!;
    named.set(version, [...(named.get(version) ?? []), alias]);
  }
  return named;
}

/** `partition 0: from offset 0 up to, not including, 150; new from 140`. */
export function lineageInWords({
  partition,
  windowFrom,
  batchFrom,
  next,
}: VersionSummary['lineage'][number]): string {
  return `partition ${partition}: from offset ${windowFrom} up to, not including, ${next}; new from ${batchFrom}`;
}

/** `person admin` → `admin`, `trainer host-1-ab` → `the trainer`. The first word in the journal is the kind of actor. */
export function actorInWords(actor: string): string {
  if (actor.startsWith('person ')) return actor.slice('person '.length);
  return actor.startsWith('trainer ') ? 'the trainer' : actor;
}

/** An RFC 3339 time in the format of the browser's locale. */
export function timeText(at: string): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' }).format(
    Date.parse(at),
  );
}

/** `95.0 %`, always with one decimal, so that a column lines up; a dash when no row was scored. */
export function percentText(hits: number, rows: number): string {
  return rows === 0 ? UNKNOWN : `${((100 * hits) / rows).toFixed(1)} %`;
}
