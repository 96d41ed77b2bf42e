import { join } from 'node:path';
import type { ModelRegistry } from '../../shared/model-registry/model-registry';
import type { VersionRecord } from '../../shared/model-registry/version-record';
import type { AlderProcesses } from '../support/alder-process';
import { isAtEnd, newestRecord, readWholeLog, type ScenarioPlace } from '../support/scenario-places';
import { waitUntil } from './long-wait';
import { storedRecords } from './seen-versions';

/** Small windows and mini-batches make many versions; with a short lease the next process takes over soon. */
export const TRAINING = {
  ALDER_SCHEMA: join(__dirname, '../../data/iris.schema.json'),
  ALDER_WINDOW_ROWS: '120',
  ALDER_BATCH_WAIT_MS: '50',
  ALDER_LEASE_MS: '500',
  ALDER_KEEP_VERSIONS: '100000',
  ALDER_TRAINER_PORT: '0',
};

/** The time limit of reading a long log again and of fitting all its versions again. */
const CATCH_UP_MS_MAX = 120_000;
const VERSIONS_TOLD = 5;

/** Trains a model to the end of the log without a kill; returns the newest record. */
export async function trainToEnd(
  alder: AlderProcesses,
  place: ScenarioPlace,
  registry: ModelRegistry,
): Promise<VersionRecord> {
  const trainer = alder.start(['train', '--model', registry.model], {
    // The cuts differ on purpose from those of the other model: the result must not depend on them.
    environment: { ...place.environment, ...TRAINING, ALDER_BATCH_ROWS_MAX: '1000' },
  });
  // A trainer that is not active yet may not handle signals yet.
  await trainer.line(/training, from version/);
  const isDone = async () => isAtEnd(await newestRecord(registry), place.log);
  await waitUntil(`a version of ${registry.model} at the log's end`, CATCH_UP_MS_MAX, isDone, (done) => done);
  const { status, stderr } = await trainer.end('SIGINT');
  if (status !== 0) throw new Error(`the calm trainer ended with ${status}:\n${stderr.join('\n')}`);
  return (await newestRecord(registry))!;
}

/** The facts of a record that depend neither on kills nor on the cuts of the log into mini-batches. */
export function outcome({ lineage, rows, tree }: VersionRecord): unknown {
  return {
    lineage: lineage.map(({ batchFrom: _, ...rest }) => rest),
    window: { window: rows.window, fitted: rows.fitted, heldOut: rows.heldOut, digest: rows.digest },
    tree,
  };
}

/** The messages of the log and the messages of the newest record; equal when each message was counted once. */
export async function counted(record: VersionRecord, place: ScenarioPlace) {
  const messages = await readWholeLog(place.log);
  const sum = (of: 'messages' | 'accepted' | 'rejected' | 'skipped') =>
    record.lineage.reduce((total, partition) => total + partition[of], 0);
  return {
    inLog: messages.length,
    messages: sum('messages'),
    skipped: sum('skipped'),
    accepted: sum('accepted'),
    rejected: sum('rejected'),
  };
}

/** The breaks of the chain: a missing version, another parent, or a gap between two mini-batches. */
export async function brokenLinks(registry: ModelRegistry): Promise<string[]> {
  const records = await storedRecords(registry);
  const broken: string[] = [];
  for (const [i, { version, parent, lineage }] of records.entries()) {
    if (version !== i + 1) broken.push(`version ${i + 1} is missing before ${version}`);
    const before = records[i - 1];
    if (before === undefined) continue;
    if (parent?.version !== before.version || parent.recordDigest !== before.recordDigest)
      broken.push(`version ${version} does not stand on version ${before.version}`);
    for (const { partition, batchFrom } of lineage)
      if (before.lineage[partition]!.next !== batchFrom)
        broken.push(
          `version ${version} does not go on where ${before.version} ended in partition ${partition}`,
        );
  }
  return broken;
}

interface DeepVerdict {
  readonly isClean: boolean;
  readonly counts: { readonly equal: number };
  readonly differences: readonly unknown[];
  readonly unchecked: readonly unknown[];
  readonly versions: readonly { readonly status: string }[];
}

/**
 * Verifies a model with `alder verify --deep`. Every version must be equal, nothing may be left unchecked, and history,
 * journal and rejected rows must agree. Returns the number of versions; throws the differences.
 */
export async function verifyAll(alder: AlderProcesses, place: ScenarioPlace, model: string): Promise<number> {
  const { status, stdout, stderr } = await alder.run(['verify', '--deep', '--json', '--model', model], {
    environment: { ...place.environment, ALDER_SCHEMA: TRAINING.ALDER_SCHEMA },
  });
  const verdict = stdout.length === 0 ? null : (JSON.parse(stdout.join('')) as DeepVerdict);
  if (
    status !== 0 ||
    verdict === null ||
    !verdict.isClean ||
    verdict.counts.equal !== verdict.versions.length
  ) {
    const bad = verdict?.versions.filter((each) => each.status !== 'equal').slice(0, VERSIONS_TOLD);
    const { differences, unchecked } = verdict ?? {};
    throw new Error(
      `verifying ${model} ended with ${status}:\n${stderr.join('\n')}\n` +
        JSON.stringify({ differences, unchecked, versions: bad }, null, 1),
    );
  }
  return verdict.versions.length;
}
