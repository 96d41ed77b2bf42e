import type { VersionSummary } from '../../../shared/api/events';
import { UNKNOWN } from '../ui/format';

const REASONS: Readonly<Record<string, string>> = {
  first: 'the first version',
  'not-worse': 'not worse than the champion on the held back rows',
  'champion-better': 'the champion is clearly better on the held back rows',
  immediate: 'every version is promoted here',
  held: 'a person holds the champion where it is',
  manual: 'a person decides here',
};

/** Why a version was promoted or not; a reason that this page does not know is told as it is. */
export function reasonInWords(reason: string): string {
  return REASONS[reason] ?? reason;
}

/** Versions and the aliases that point at each, in the order of the alphabet. */
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

/** `partition 0: rows fitted from offset 0, new from 140, up to 150 (not included)`. */
export function lineageInWords({
  partition,
  windowFrom,
  batchFrom,
  next,
}: VersionSummary['lineage'][number]): string {
  return `partition ${partition}: offsets ${windowFrom} to ${next}, the last not included; new since ${batchFrom}`;
}

/** `person admin` → `admin`, `trainer host-1-ab` → `the trainer`: the journal marks who is who by its first word. */
export function actorInWords(actor: string): string {
  if (actor.startsWith('person ')) return actor.slice('person '.length);
  return actor.startsWith('trainer ') ? 'the trainer' : actor;
}

/** A day and a time as people here write them, of RFC 3339. */
export function timeText(at: string): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' }).format(
    Date.parse(at),
  );
}

/** `95.0 %`, always with a decimal, so that a column of them lines up; a dash where no row was scored. */
export function percentText(hits: number, rows: number): string {
  return rows === 0 ? UNKNOWN : `${((100 * hits) / rows).toFixed(1)} %`;
}
