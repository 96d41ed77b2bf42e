import type { Engine } from '../../shared/engine/engine';
import type { VersionRecord } from '../../shared/model-registry/version-record';
import { type Schema, schemaDigest } from '../../shared/row/schema';
import type { LogIdentity } from '../../shared/row-log/row-log';
import type { Settings } from '../../shared/settings/settings';
import type { Tree } from '../../shared/tree/tree';
import { encodeTree } from '../../shared/tree/tree-codec';
import { confusionOf, decidePlainly, hitsOf } from './plain-evaluation';
import { factsOf } from './plain-facts';
import type { PlainMessage } from './plain-log';
import { fitPlainly } from './plain-tree';
import { plainLineage } from './plain-window';

export interface PlainParts {
  readonly log: LogIdentity;
  readonly model: string;
  readonly messages: readonly PlainMessage[];
  readonly schema: Schema;
  readonly settings: Settings;
  readonly engine: Engine;
}

/** A version that the plain loop computed. */
export interface PlainVersion {
  /** All fields of a record that depend only on the rows and the cuts. */
  readonly record: Omit<VersionRecord, 'createdAt' | 'trainer' | 'recordDigest'>;
  readonly treeText: string;
}

/**
 * The versions that a trainer must make, computed in one loop over a finished run. The run supplies only its cuts
 * (`next` of each lineage) and the record digests by which parents and champions are named; everything else is computed
 * from the messages.
 */
export function trainPlainly(parts: PlainParts, run: readonly VersionRecord[]): PlainVersion[] {
  const { messages, schema, settings, engine, log, model } = parts;
  const classes = schema.label.classes.length;
  const versions: PlainVersion[] = [];
  let newest: { record: PlainVersion['record']; tree: Tree } | null = null;
  let champion: { version: number; tree: Tree } | null = null;
  let prequential = { rows: 0, hits: 0 };
  const refTo = (version: number) => ({ version, recordDigest: run[version - 1]!.recordDigest });

  for (const [i, cuts] of run.entries()) {
    const version = i + 1;
    const lineage = cuts.lineage.map(({ next }, partition) =>
      plainLineage(messages, {
        partition,
        next: Number(next),
        before: newest?.record.lineage[partition] ?? null,
        quotaRows: Math.max(1, Math.floor(settings.windowRows / cuts.lineage.length)),
      }),
    );
    const within = (from: 'windowFrom' | 'batchFrom') =>
      messages.filter(({ partition, offset }) => {
        const { [from]: first, next } = lineage[partition]!;
        return offset >= Number(first) && offset < Number(next);
      });
    const batchMessages = within('batchFrom');
    const batchRows = batchMessages.flatMap(({ rows }) => rows);
    const window = within('windowFrom').flatMap(({ rows }) => rows);
    const heldOut = window.filter((row) => row.heldOut);
    const fitted = window.filter((row) => !row.heldOut);

    // Prequential: the new rows are scored before a tree has learned from them.
    const parentTree: Tree | null = newest?.tree ?? null;
    const batch: { rows: number; hits: number } | null =
      parentTree === null ? null : { rows: batchRows.length, hits: hitsOf(parentTree, batchRows) };
    if (batch !== null)
      prequential = { rows: prequential.rows + batch.rows, hits: prequential.hits + batch.hits };

    const tree = fitPlainly(engine, fitted, schema, settings);
    const treeText = encodeTree(tree);
    const duel: PlainVersion['record']['promotion'] = decidePlainly(
      tree,
      champion?.tree ?? null,
      heldOut,
      settings,
    );
    const newestRowMs = Math.max(
      newest === null ? -1 : Date.parse(newest.record.newestRowAt!),
      ...batchMessages.filter(({ rows }) => rows.length > 0).map(({ timestampMs }) => timestampMs),
    );
    const record: PlainVersion['record'] = {
      format: 'alder-version/1',
      model,
      version,
      parent: i === 0 ? null : refTo(i),
      champion: champion === null ? null : refTo(champion.version),
      log,
      lineage,
      schemaDigest: schemaDigest(schema),
      ...factsOf({
        engine: `${engine.name}/1`,
        settings,
        window,
        fitted,
        heldOut,
        batchMessages,
        tree,
        treeText,
      }),
      evaluation: {
        batch,
        prequential,
        holdout: {
          rows: heldOut.length,
          champion: champion === null ? null : hitsOf(champion.tree, heldOut),
          candidate: hitsOf(tree, heldOut),
          confusion: confusionOf(tree, heldOut, classes),
        },
      },
      promotion: duel,
      newestRowAt: new Date(newestRowMs).toISOString(),
    };
    versions.push({ record, treeText });
    newest = { record, tree };
    if (duel.promoted) champion = { version, tree };
  }
  return versions;
}
