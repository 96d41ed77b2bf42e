import { createHash } from 'node:crypto';
import { decodeVersionRecord, type VersionRecord } from '../../../shared/model-registry/version-record';
import type { Schema } from '../../../shared/row/schema';
import type { Tree } from '../../../shared/tree/tree';
import { decodeTree } from '../../../shared/tree/tree-codec';
import type { RawRegistry } from '../deep-source';
import { Findings } from './findings';

/** A version that others are compared with; `tree` is null when the stored tree is not the tree of the record. */
export interface KnownVersion {
  readonly record: VersionRecord;
  readonly tree: Tree | null;
}

/** `gone`: the record is not stored. `unreadable`: the record is damaged, and the version's own verdict reports it. */
export type Found = KnownVersion | 'gone' | 'unreadable';

/** Versions by number. The previous version and the champion are cached, since nearly every version needs these two. */
export class KnownVersions {
  private newest: KnownVersion | null = null;
  private champion: KnownVersion | null = null;

  constructor(
    private readonly registry: RawRegistry,
    private readonly schema: Schema,
  ) {}

  /** Caches the version that was just verified. */
  verified(version: KnownVersion): void {
    this.newest = version;
    if (version.record.promotion.promoted) this.champion = version;
  }

  async find(version: number): Promise<Found> {
    for (const known of [this.newest, this.champion]) if (known?.record.version === version) return known;
    const texts = await this.registry.texts(version);
    if (texts.record === null) return 'gone';
    const record = readRecord(texts.record, new Findings());
    if (record === null) return 'unreadable';
    const tree = texts.tree === null ? null : soundTree(texts.tree, record, this.schema);
    this.champion = { record, tree };
    return this.champion;
  }
}

/** The tree of a text when it has the record's digest and the schema's features and classes; else null. */
export function soundTree(text: string, record: VersionRecord, schema: Schema): Tree | null {
  if (textDigest(text) !== record.tree.digest) return null;
  try {
    const tree = decodeTree(text);
    const isOfSchema =
      tree.featureNames.join('\n') === schema.features.map(({ name }) => name).join('\n') &&
      tree.classNames.join('\n') === schema.label.classes.join('\n');
    return isOfSchema ? tree : null;
  } catch {
    return null;
  }
}

export function textDigest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Fields of a record that its digest leaves out: metadata, and the digest itself. */
const UNDIGESTED = ['createdAt', 'newestRowAt', 'trainer', 'recordDigest'];

/** Reads a record's text; null for a text that is no record, which becomes a finding. */
export function readRecord(text: string, findings: Findings): VersionRecord | null {
  let record: VersionRecord;
  try {
    record = decodeVersionRecord(text);
  } catch (error) {
    findings.differ('record', 'a sound record', error instanceof Error ? error.message : String(error));
    return null;
  }
  findings.compare('recordDigest', record.recordDigest, digestOfText(text));
  return record;
}

/** Hex sha256 of the record's text without its metadata; the other fields stay as they were written. */
function digestOfText(text: string): string {
  const fields = Object.entries(JSON.parse(text) as Record<string, unknown>);
  const digested = Object.fromEntries(fields.filter(([name]) => !UNDIGESTED.includes(name)));
  return createHash('sha256').update(JSON.stringify(digested)).digest('hex');
}
