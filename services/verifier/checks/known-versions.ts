import { createHash } from 'node:crypto';
import { decodeVersionRecord, type VersionRecord } from '../../../shared/model-registry/version-record';
import type { Schema } from '../../../shared/row/schema';
import type { Tree } from '../../../shared/tree/tree';
import { decodeTree } from '../../../shared/tree/tree-codec';
import type { RawRegistry } from '../deep-source';
import { Findings } from '../report';

/** A version that others are compared with; `tree` is null when what is stored is not what its record names. */
export interface KnownVersion {
  readonly record: VersionRecord;
  readonly tree: Tree | null;
}

/** `gone`: there is no such record. `unreadable`: there is one, and its own verdict says what is wrong with it. */
export type Found = KnownVersion | 'gone' | 'unreadable';

/** Versions by number, with the one before and the champion at hand: nearly every version asks for just these. */
export class KnownVersions {
  private newest: KnownVersion | null = null;
  private champion: KnownVersion | null = null;

  constructor(
    private readonly registry: RawRegistry,
    private readonly schema: Schema,
  ) {}

  /** Takes the version that was just verified. */
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

/** The tree of a text, if it is the one that the record names and fits the schema's rows; else null. */
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

/** Metadata of a record, which its digest leaves out, as it leaves out itself. */
const UNDIGESTED = ['createdAt', 'newestRowAt', 'trainer', 'recordDigest'];

/** Reads a record's text; null, with the fault among the findings, when it cannot be trusted to be a record at all. */
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

/** Hex sha256 of the record's own text without its metadata: the fields stay as they were written. */
function digestOfText(text: string): string {
  const fields = Object.entries(JSON.parse(text) as Record<string, unknown>);
  const digested = Object.fromEntries(fields.filter(([name]) => !UNDIGESTED.includes(name)));
  return createHash('sha256').update(JSON.stringify(digested)).digest('hex');
}
