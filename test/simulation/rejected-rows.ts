import type { VersionRecord } from '../../shared/model-registry/version-record';
import type { SimulatedTopic } from './simulated-topic';

/** Coordinates of the rejected rows between a parent's cut and a record's cut that are missing in the dead-letter topic. */
export function unkeptRows(
  topic: SimulatedTopic,
  parent: VersionRecord | null,
  record: VersionRecord,
): string[] {
  const steppedOver = topic.sent.flatMap(({ partition, offset, badLines }) => {
    const from = Number(parent?.lineage[partition]?.next ?? 0);
    const next = Number(record.lineage[partition]?.next ?? 0);
    if (offset < from || offset >= next) return [];
    return badLines.map(({ line, bytes }) => ({ at: `${partition}/${offset}/${line}`, text: textOf(bytes) }));
  });
  if (steppedOver.length === 0) return [];
  const kept = keptRows(topic);
  return steppedOver.filter(({ at, text }) => !kept.has(at) || kept.get(at) !== text).map(({ at }) => at);
}

/** The rows of the dead-letter topic: a reader takes the first copy of each coordinates. */
function keptRows(topic: SimulatedTopic): Map<string, string | null> {
  const kept = new Map<string, string | null>();
  for (const { headers, text } of topic.log.openRejected().messages(0)) {
    const at = `${headers!['alder-partition']}/${headers!['alder-offset']}/${headers!['alder-line']}`;
    if (!kept.has(at)) kept.set(at, text);
  }
  return kept;
}

function textOf(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString('utf8');
}
