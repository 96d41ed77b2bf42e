import { AlderError } from '../../../shared/errors';
import { decodeVersionRecord, type VersionRecord } from '../../../shared/model-registry/version-record';
import { RequestReader } from '../../../shared/row/request-reader';
import { atOnce } from '../../../shared/tree/steps';
import type { Tree } from '../../../shared/tree/tree';
import { decodeTreeInSteps, treeDigestInSteps } from '../../../shared/tree/tree-codec';
import { type AnswerHeaders, versionHeaders } from './answer-headers';
import { LeafTexts } from './leaf-texts';

/** One version, decoded and ready to predict. Immutable, so that a swap is one reference. */
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
 * Checks a stored record: its format, digest and ledger, and that it is the record which was asked for.
 * Throws `record-invalid` or `digest-mismatch`.
 */
export function decodeStoredRecord(recordText: string, model: string, version: number): VersionRecord {
  const record = decodeVersionRecord(recordText);
  if (record.model !== model || record.version !== version) {
    throw new AlderError(
      'record-invalid',
      `the record stored as version ${version} of ${model} is another one's`,
    );
  }
  return record;
}

/** Checks and decodes one version. Throws `record-invalid`, `digest-mismatch`, `tree-invalid` or `tree-too-large`. */
export function decodeServedModel(stored: StoredVersion, requestRowsMax: number): ServedModel {
  const record = decodeStoredRecord(stored.recordText, stored.model, stored.version);
  return atOnce(servedModelInSteps(record, stored.treeText, requestRowsMax));
}

/** The same for a record that was checked already, in steps small enough to answer others between them. */
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
