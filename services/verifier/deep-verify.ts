import { setImmediate } from 'node:timers/promises';
import { AlderError, isAlderError } from '../../shared/errors';
import { decodeVersionRecord } from '../../shared/model-registry/version-record';
import { MessageReader } from '../../shared/row/message-reader';
import { schemaDigest } from '../../shared/row/schema';
import { Findings, type VersionVerdict } from './checks/findings';
import { checkHistory } from './checks/history';
import { checkJournal, type JudgedVersion, parseJournal } from './checks/journal';
import { KnownVersions } from './checks/known-versions';
import type { Starts } from './checks/lineage';
import { checkRejected } from './checks/rejected';
import { checkVersion } from './checks/version';
import type { DeepSource, RawTopic, RegistryView } from './deep-source';
import { CountedTopics } from './reading/counted-topics';
import { PartitionPass } from './reading/partition-pass';
import { type DeepReport, reportOf } from './report';

/** The progress of a verification, reported after every run of messages and after every version. */
interface DeepProgress {
  readonly step: 'versions' | 'rejected rows';
  readonly versionsDone: number;
  readonly versionsTotal: number;
  readonly messagesRead: number;
}

/**
 * Verifies a whole model. Reads the topic once from its earliest offset, fits and evaluates every stored version again
 * from its rows, and then checks the history, the journal and the rejected rows. It shares the row reader, the engines
 * and the rules of evaluation with the trainer, and no other code. It may run beside a trainer: versions that come after
 * the first view of the registry are left out. Memory holds one window, the rejected coordinates and the report.
 *
 * Throws `schema-differs` when the model was made with another schema than the source's, and the errors of the source.
 */
export async function deepVerify(
  source: DeepSource,
  onProgress: (progress: DeepProgress) => void = () => undefined,
): Promise<DeepReport> {
  const view = await source.registry.view();
  await refuseOtherSchema(source, view);
  const findings = new Findings();
  const verdicts: VersionVerdict[] = [];
  const report = (step: DeepProgress['step']): void => {
    const messagesRead = topics.messages.rows + topics.messages.rejected;
    onProgress({ step, versionsDone: verdicts.length, versionsTotal: view.records.length, messagesRead });
  };
  const topics = new CountedTopics(source.log, (which) =>
    report(which === 'rows' ? 'versions' : 'rejected rows'),
  );
  const judged: JudgedVersion[] = [];
  const starts: Starts = new Map();
  const known = new KnownVersions(source.registry, source.schema);
  let newestDigest: string | null = null;
  let unlisted = 0;
  try {
    const passes = passesOf(source, await topics.open('rows'));
    for (const version of view.records) {
      const { verdict, record, ...more } = await checkVersion(
        { source, view, known, passes, starts },
        version,
      );
      verdicts.push(verdict);
      unlisted += more.unlisted;
      newestDigest = record?.recordDigest ?? null;
      if (record !== null) judged.push(summaryOf(record));
      report('versions');
      // A fit blocks the thread, so the heartbeats of the log's reader run in between.
      await setImmediate();
    }
    const journal = parseJournal(findings, view.journal);
    checkHistory(findings, view, newestDigest, journal);
    checkJournal(findings, view, journal, judged);
    const rejected = view.records.length === 0 ? null : await openRejected(topics, findings);
    if (rejected !== null) {
      await checkRejected(findings, source.log, rejected, passes, starts, schemaDigest(source.schema));
    }
  } finally {
    await topics.close();
  }
  return reportOf(source, verdicts, findings, unlisted, topics.messages);
}

function passesOf({ schema }: DeepSource, rows: RawTopic): PartitionPass[] {
  const reader = new MessageReader(schema);
  return rows.bounds.map((bounds) => new PartitionPass(rows, bounds, reader, schema.features.length));
}

async function openRejected(topics: CountedTopics, findings: Findings): Promise<RawTopic | null> {
  try {
    return await topics.open('rejected');
  } catch (error) {
    if (!isAlderError(error, 'topic-missing')) throw error;
    findings.differ('rejected rows', 'a topic', error.message);
    return null;
  }
}

/** With another schema every field of every version would differ, so the schema itself is reported. */
async function refuseOtherSchema({ registry, schema, model }: DeepSource, view: RegistryView): Promise<void> {
  if (view.newest === null) return;
  const { record } = await registry.texts(view.newest.version);
  if (record === null) return;
  let digest: string;
  try {
    digest = decodeVersionRecord(record).schemaDigest;
  } catch {
    // The verdict on this version reports the record.
    return;
  }
  if (digest === schemaDigest(schema)) return;
  throw new AlderError('schema-differs', `model ${model} was made with the schema ${digest}`, {
    hint: 'name the schema of the model with --schema',
    fields: { model, schemaDigest: digest },
  });
}

function summaryOf({ version, champion, promotion, createdAt, trainer }: JudgedVersion): JudgedVersion {
  return { version, champion, promotion, createdAt, trainer };
}
