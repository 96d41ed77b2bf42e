import type { VersionRecord } from '../../../shared/model-registry/version-record';
import { ROW_READER } from '../../../shared/row/message-reader';
import type { DeepSource, RegistryView } from '../deep-source';
import type { PartitionPass } from '../reading/partition-pass';
import type { RowSpan } from '../reading/retained-rows';
import { digestOfRows, rowsIn, splitWindow } from '../reading/window-set';
import { checkBatch, checkPromotion } from './evaluation';
import { Findings, type VersionVerdict, verdictOf } from './findings';
import { checkStoredTree, fitAgain } from './fit-again';
import { type Found, type KnownVersion, type KnownVersions, readRecord, soundTree } from './known-versions';
import { checkLineage, type Starts } from './lineage';
import { checkIdentity, checkNewestRowAt, referenced } from './references';

/** The inputs that all versions of one verification share. */
interface VersionContext {
  readonly source: DeepSource;
  readonly view: RegistryView;
  readonly known: KnownVersions;
  readonly passes: readonly PartitionPass[];
  readonly starts: Starts;
}

interface CheckedVersion {
  readonly verdict: VersionVerdict;
  /** The number of differences that the verdict does not list. */
  readonly unlisted: number;
  readonly record: VersionRecord | null;
}

/** Fits and evaluates one version again from the log, and compares every field. Versions come in ascending order. */
export async function checkVersion(context: VersionContext, version: number): Promise<CheckedVersion> {
  const { source, known } = context;
  const findings = new Findings();
  const texts = await source.registry.texts(version);
  if (texts.record === null) {
    findings.skip('record', 'the version was retired while the log was being read');
    return { verdict: verdictOf(version, findings, false), unlisted: 0, record: null };
  }
  const record = readRecord(texts.record, findings);
  if (record === null) {
    return { verdict: verdictOf(version, findings, true), unlisted: findings.unlisted, record: null };
  }
  findings.compare('version', record.version, version);
  const stored = texts.tree === null ? null : soundTree(texts.tree, record, source.schema);
  checkStoredTree(findings, record, texts.tree, stored);
  const parent = await referenced(findings, known, 'parent', record);
  checkIdentity(findings, record, isKnown(parent) ? parent.record : null, source, context.view.epoch);
  const { isCovered, tree } = await checkRows(context, findings, record, stored, parent);
  known.verified({ record, tree: stored ?? tree });
  return { verdict: verdictOf(version, findings, isCovered), unlisted: findings.unlisted, record };
}

/** Compares all fields that follow from the log's rows; returns whether the log holds them, and the refitted tree. */
async function checkRows(
  { source, known, passes, starts }: VersionContext,
  findings: Findings,
  record: VersionRecord,
  stored: KnownVersion['tree'],
  parent: Found | null,
): Promise<{ isCovered: boolean; tree: KnownVersion['tree'] }> {
  const readers = `${ROW_READER.name}/${ROW_READER.behaviour}`;
  if (record.settings.rows !== readers) {
    findings.skip('rows', `they were read by ${record.settings.rows}, this code has ${readers}`);
    return { isCovered: true, tree: null };
  }
  const parentRecord = isKnown(parent) ? parent.record : null;
  const { window, batch, rejected } = await checkLineage(findings, record, parentRecord, passes, starts);
  if (rejected === null) findings.skip('rows.rejected', 'the log no longer holds the mini-batch');
  else findings.compare('rows.rejected', record.rows.rejected, rejected);
  if (parent === null || isKnown(parent)) {
    checkBatch(findings, record, parent, batch);
    if (batch !== null) checkNewestRowAt(findings, record, parentRecord, batch);
  }
  const champion = await referenced(findings, known, 'champion', record);
  const isCovered = window !== null || batch !== null;
  if (window === null) return { isCovered, tree: null };

  const { fitted, heldOut } = splitWindow(window, source.schema, record.settings.holdoutShare);
  checkWindow(findings, record, window, fitted.rowCount);
  const refitted = fitAgain(findings, record, fitted);
  const candidate = refitted ?? stored;
  const hasOpponent = champion === null || (isKnown(champion) && champion.tree !== null);
  if (candidate !== null && hasOpponent) {
    const opponent = isKnown(champion) ? champion.tree : null;
    checkPromotion(findings, record, candidate, opponent, heldOut);
  } else {
    const reason = hasOpponent ? 'there is no tree to judge' : "the champion's tree is not stored";
    findings.skip('evaluation.holdout and promotion', reason);
  }
  return { isCovered, tree: refitted };
}

function checkWindow(
  findings: Findings,
  { rows }: VersionRecord,
  window: readonly RowSpan[],
  fitted: number,
): void {
  const count = rowsIn(window);
  findings.compare('rows.window', rows.window, count);
  findings.compare('rows.fitted', rows.fitted, fitted);
  findings.compare('rows.heldOut', rows.heldOut, count - fitted);
  const featureCount = window[0]?.rows.columns.featureCount ?? 0;
  findings.compare('rows.digest', rows.digest, digestOfRows(window, featureCount));
}

function isKnown(found: Found | null): found is KnownVersion {
  return found !== null && typeof found === 'object';
}
