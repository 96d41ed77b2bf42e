import { isDeepStrictEqual } from 'node:util';
import type { VersionRecord } from '../../shared/model-registry/version-record';
import type { Settings } from '../../shared/settings/settings';
import { plainWindowFrom } from '../scenarios/plain-window';
import { type ExpectedVersion, expectedVersion } from './expected-version';
import type { SimulatedTopic } from './simulated-topic';
import type { PublishedVersion } from './version-witness';

/**
 * Computes every published version again from the sent messages and returns the first one that differs, with its fields.
 * Later versions depend on it, so their differences tell nothing.
 */
export function differences(
  topic: SimulatedTopic,
  settings: Settings,
  published: readonly PublishedVersion[],
): string[] {
  const expected: ExpectedVersion[] = [];
  for (const version of published) {
    if (!hasFittedRowIn(topic, version.record))
      return [`version ${version.record.version} is not what was sent: its tree was fitted on no row`];
    const made = expectedVersion(topic, settings, expected, version);
    const { record, treeText } = made;
    if (JSON.stringify(record) !== version.stored.recordText || treeText !== version.stored.treeText) {
      return [`version ${record.version} is not what was sent: ${differingFields(record, version.record)}`];
    }
    expected.push(made);
  }
  return [];
}

function hasFittedRowIn(topic: SimulatedTopic, { lineage }: VersionRecord): boolean {
  return topic.sent.some(({ partition, offset, rows }) => {
    const own = lineage[partition];
    const isWithin = own !== undefined && offset >= Number(own.windowFrom) && offset < Number(own.next);
    return isWithin && rows.some(({ heldOut }) => !heldOut);
  });
}

function differingFields(expected: VersionRecord, found: VersionRecord): string {
  const fields = Object.keys(expected) as (keyof VersionRecord)[];
  const differing = fields.filter((field) => !isDeepStrictEqual(expected[field], found[field]));
  return differing.length > 0 ? differing.join(', ') : 'its text';
}

/** True when a version covers every row of every partition. */
export function hasReadAll(topic: SimulatedTopic, { lineage }: VersionRecord): boolean {
  const ends = topic.ends();
  return ends.every((end, p) => lineage[p] !== undefined && !topic.hasRowIn(p, Number(lineage[p].next), end));
}

/** The rows that no version covers after healing; none are reported while the next window would have no row to fit. */
export function rowsLeft(topic: SimulatedTopic, settings: Settings, newest: VersionRecord | null): string[] {
  if (!hasFittedRow(topic, settings, newest)) return [];
  return topic.ends().flatMap((end, p) => {
    const next = Number(newest?.lineage[p]?.next ?? 0);
    return topic.hasRowIn(p, next, end) ? [`partition ${p} has rows between ${next} and its end ${end}`] : [];
  });
}

function hasFittedRow(topic: SimulatedTopic, settings: Settings, newest: VersionRecord | null): boolean {
  const ends = topic.ends();
  const quotaRows = Math.max(1, Math.floor(settings.windowRows / ends.length));
  return ends.some((end, p) => {
    const own = topic.sent.filter(({ partition }) => partition === p);
    const before = Number(newest?.lineage[p]?.windowFrom ?? 0);
    const from = Math.max(topic.earliest(p), plainWindowFrom(own, end, quotaRows, before));
    return own.some(({ offset, rows }) => offset >= from && rows.some(({ heldOut }) => !heldOut));
  });
}
