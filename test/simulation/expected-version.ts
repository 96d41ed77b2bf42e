import { createHash } from 'node:crypto';
import { exactEngine } from '../../shared/engine/exact/fit-exact';
import { CHAMPION } from '../../shared/model-registry/aliases';
import type { PartitionLineage, VersionRecord } from '../../shared/model-registry/version-record';
import { schemaDigest } from '../../shared/row/schema';
import type { Settings } from '../../shared/settings/settings';
import type { Tree } from '../../shared/tree/tree';
import { encodeTree } from '../../shared/tree/tree-codec';
import { confusionOf, decidePlainly, hitsOf } from '../scenarios/plain-evaluation';
import { factsOf } from '../scenarios/plain-facts';
import { fitPlainly } from '../scenarios/plain-tree';
import { plainLineage } from '../scenarios/plain-window';
import { IRIS_SCHEMA } from './rows';
import type { SentMessage, SimulatedTopic } from './simulated-topic';
import type { PublishedVersion } from './version-witness';

const SCHEMA_DIGEST = schemaDigest(IRIS_SCHEMA);

/** A version computed by plain loops from the sent messages. */
export interface ExpectedVersion {
  readonly record: VersionRecord;
  readonly tree: Tree;
  readonly treeText: string;
}

/**
 * The version that a trainer must publish, computed from the sent messages. The record supplies only its cut (`next` of
 * each partition), the earliest offsets to which retention may have shortened its window, and its metadata.
 */
export function expectedVersion(
  topic: SimulatedTopic,
  settings: Settings,
  versions: readonly ExpectedVersion[],
  { record: found, before }: PublishedVersion,
): ExpectedVersion {
  const parent = versions.at(-1) ?? null;
  const alias = before.aliases[CHAMPION];
  const champion = alias === undefined ? null : versions[alias.version - 1]!;
  const lineage = found.lineage.map((cut) => lineageOf(topic, settings, parent, found, cut));
  const within = (from: 'windowFrom' | 'batchFrom') => messagesIn(topic, lineage, from);
  const batchMessages = within('batchFrom');
  const batchRows = batchMessages.flatMap(({ rows }) => rows);
  const window = within('windowFrom').flatMap(({ rows }) => rows);
  const heldOut = window.filter((row) => row.heldOut);
  const fitted = window.filter((row) => !row.heldOut);

  // Prequential: the new rows are scored before a tree has learned from them.
  const batch = parent === null ? null : { rows: batchRows.length, hits: hitsOf(parent.tree, batchRows) };
  const sums = parent?.record.evaluation.prequential ?? { rows: 0, hits: 0 };
  const tree = fitPlainly(exactEngine, fitted, IRIS_SCHEMA, settings);
  const treeText = encodeTree(tree);
  const duel = decidePlainly(tree, champion?.tree ?? null, heldOut, settings);
  const fields = {
    format: 'alder-version/1' as const,
    model: 'decisiontree',
    version: versions.length + 1,
    parent: parent === null ? null : refTo(parent.record),
    champion: champion === null ? null : refTo(champion.record),
    log: {
      kind: 'embedded' as const,
      clusterId: topic.log.identity.clusterId,
      topic: topic.log.identity.topic,
    },
    lineage,
    schemaDigest: SCHEMA_DIGEST,
    ...factsOf({ engine: 'exact/1', settings, window, fitted, heldOut, batchMessages, tree, treeText }),
    evaluation: {
      batch,
      prequential: { rows: sums.rows + (batch?.rows ?? 0), hits: sums.hits + (batch?.hits ?? 0) },
      holdout: {
        rows: heldOut.length,
        champion: champion === null ? null : hitsOf(champion.tree, heldOut),
        candidate: hitsOf(tree, heldOut),
        confusion: confusionOf(tree, heldOut, IRIS_SCHEMA.label.classes.length),
      },
    },
    // A champion that was pinned by hand outranks every rule.
    promotion: alias?.held === true ? { ...duel, promoted: false, reason: 'held' as const } : duel,
  };
  const { createdAt, newestRowAt, trainer } = found;
  const record = { ...fields, createdAt, newestRowAt, trainer, recordDigest: sha256(JSON.stringify(fields)) };
  return { record, tree, treeText };
}

/** The messages from `windowFrom` or `batchFrom` on, in partition order. */
function messagesIn(
  topic: SimulatedTopic,
  lineage: readonly PartitionLineage[],
  from: 'windowFrom' | 'batchFrom',
): SentMessage[] {
  return lineage.flatMap((own) =>
    topic.sent.filter(
      ({ partition, offset }) =>
        partition === own.partition && offset >= Number(own[from]) && offset < Number(own.next),
    ),
  );
}

function lineageOf(
  topic: SimulatedTopic,
  settings: Settings,
  parent: ExpectedVersion | null,
  { lineage }: VersionRecord,
  { partition, next, windowFrom }: PartitionLineage,
): PartitionLineage {
  const expected = plainLineage(topic.sent, {
    partition,
    next: Number(next),
    before: parent?.record.lineage[partition] ?? null,
    quotaRows: Math.max(1, Math.floor(settings.windowRows / lineage.length)),
  });
  const isShortened =
    Number(windowFrom) > Number(expected.windowFrom) &&
    topic.earliestEver.get(partition)?.includes(Number(windowFrom)) === true;
  return isShortened ? { ...expected, windowFrom } : expected;
}

function refTo({ version, recordDigest }: VersionRecord): { version: number; recordDigest: string } {
  return { version, recordDigest };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
