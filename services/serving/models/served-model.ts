import { AlderError } from '../../../shared/errors';
import { decodeVersionRecord, type VersionRecord } from '../../../shared/model-registry/version-record';
import { RequestReader } from '../../../shared/row/request-reader';
import { atOnce } from '../../../shared/tree/steps';
import type { Tree } from '../../../shared/tree/tree';
import { decodeTreeInSteps, treeDigestInSteps } from '../../../shared/tree/tree-codec';
import { type AnswerHeaders, versionHeaders } from './answer-headers';
import { LeafTexts } from './leaf-texts';

/** One version, decoded and ready to predict. It is immutable, so a swap replaces one reference. */
export interface ServedModel {
  readonly model: string;
  readonly version: number;
  /** sha256 of the tree's canonical JSON. */
  readonly digest: string;
  readonly newestRowAt: string | null;
  readonly tree: Tree;
  readonly treeBytes: number;
  readonly reader: RequestReader;
  readonly leafTexts: LeafTexts;
  /** Sent with every prediction of this version. */
  readonly headers: AnswerHeaders;
  /** `,"model":…,"version":…,"digest":…}`, which ends every answer of this version. */
  readonly answerEnd: string;
}

export interface StoredVersion {
  readonly model: string;
  readonly version: number;
  readonly recordText: string;
  readonly treeText: string;
}

/**
 * Checks a stored record: its format, its digest, its ledger, and that it belongs to this model and version. Throws
 * `record-invalid`, `digest-mismatch`.
 */
export function decodeStoredRecord(recordText: string, model: string, version: number): VersionRecord {
  const record = decodeVersionRecord(recordText);
  if (record.model !== model || record.version !== version) {
    throw new AlderError(
      'record-invalid',
      `the record stored as version ${version} of ${model} belongs to another version`,
      { fields: { model, version } },
    );
  }
  return record;
}

/** Checks and decodes one version. Throws `record-invalid`, `digest-mismatch`, `tree-invalid`, `tree-too-large`. */
export function decodeServedModel(stored: StoredVersion, requestRowsMax: number): ServedModel {
  const record = decodeStoredRecord(stored.recordText, stored.model, stored.version);
  return atOnce(servedModelInSteps(record, stored.treeText, requestRowsMax));
}

/** Decodes the tree of a checked record, in steps that are short enough to answer requests between them. */
export function* servedModelInSteps(
  record: VersionRecord,
  treeText: string,
  requestRowsMax: number,
): Generator<void, ServedModel> {
  const { model, version, newestRowAt } = record;
  const digest = yield* treeDigestInSteps(treeText);
  if (digest !== record.tree.digest) {
    throw new AlderError(
      'digest-mismatch',
      `the tree of version ${version} does not have the digest of its record`,
      { fields: { version } },
    );
  }
  const tree = yield* decodeTreeInSteps(treeText);
  return {
    model,
    version,
    digest,
    newestRowAt,
    tree,
    treeBytes: Buffer.byteLength(treeText),
    reader: new RequestReader(tree.featureNames, requestRowsMax),
    leafTexts: new LeafTexts(tree),
    headers: versionHeaders(record),
    answerEnd: `,"model":${JSON.stringify(model)},"version":${version},"digest":"${digest}"}`,
  };
}
