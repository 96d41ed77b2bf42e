import type { Engine } from '../../../shared/engine/engine';
import { engineLabel } from '../../../shared/engine/engines';
import { AlderError } from '../../../shared/errors';
import { addHits, NO_HITS } from '../../../shared/evaluation/accuracy';
import type { ModelRegistry, VersionRef } from '../../../shared/model-registry/model-registry';
import type { VersionRecord } from '../../../shared/model-registry/version-record';
import { ROW_READER } from '../../../shared/row/message-reader';
import { type Schema, schemaDigest } from '../../../shared/row/schema';
import type { RowLog } from '../../../shared/row-log/row-log';
import { decodeTree, encodeTree, treeDigest } from '../../../shared/tree/tree-codec';
import { rebuildWindow } from '../read/read-block';
import { countHits, judge } from '../refit/refit';
import { type KnownVersion, loadKnownVersion } from '../versions/live-versions';
import { countRows, gatherWindow } from '../window/gather-rows';
import { rowsDigest } from '../window/rows-digest';

/** One result of a replay beside the record's. */
interface ReplayCheck {
  readonly what: 'rows' | 'counts' | 'tree' | 'parent' | 'batch' | 'champion' | 'holdout' | 'promotion';
  readonly recorded: string;
  readonly replayed: string;
  readonly equal: boolean;
}

export interface Replay {
  readonly version: number;
  readonly checks: readonly ReplayCheck[];
  /** The checks that were skipped, because the parent or the champion of that time is retired. */
  readonly skipped: readonly string[];
}

export interface ReplayContext {
  readonly rowLog: RowLog;
  readonly registry: ModelRegistry;
  readonly schema: Schema;
  readonly engineNamed: (label: string) => Engine;
}

/**
 * Makes a version again from the rows that its record names, and compares the results. Throws `log-range-gone` when the
 * log no longer holds the rows, `schema-differs`, and `replay-differs` for a behaviour number that this code lacks.
 */
export async function replayVersion(context: ReplayContext, record: VersionRecord): Promise<Replay> {
  const { rowLog, registry, schema, engineNamed } = context;
  if (record.imported !== undefined)
    throw replayDiffers(
      record,
      `version ${record.version} was imported from a file, so there are no rows to make it from`,
    );
  checkBehaviour(record, schema);
  const engine = engineNamed(record.settings.engine);
  const from = record.lineage.map((p) => Math.min(Number(p.windowFrom), Number(p.batchFrom)));
  const stores = await rebuildWindow(rowLog, schema, record, { from });
  const spansFrom = (offsetOf: (i: number) => string) =>
    stores.map((store, i) => ({ store, from: store.firstAt(Number(offsetOf(i))), end: store.rows.rowCount }));
  const window = spansFrom((i) => record.lineage[i]!.windowFrom);
  const batch = spansFrom((i) => record.lineage[i]!.batchFrom);

  const featureNames = schema.features.map((feature) => feature.name);
  const rows = gatherWindow(window, featureNames, schema.label.classes);
  const { maxDepth, minLeafRows, promotion } = record.settings;
  const counts = [countRows(window), rows.fitted.rowCount, rows.heldOut.rowCount].join(' ');
  const treeText = encodeTree(engine.fit(rows.fitted, { maxDepth, minLeafRows }));
  const tree = decodeTree(treeText);
  const checks = [
    compare('rows', record.rows.digest, rowsDigest(window)),
    compare('counts', [record.rows.window, record.rows.fitted, record.rows.heldOut].join(' '), counts),
    compare('tree', record.tree.digest, treeDigest(treeText)),
  ];
  const skipped: string[] = [];

  const parent = await loadIfNamed(registry, record.parent);
  if (parent === 'gone') skipped.push(`batch: parent ${record.parent!.version} is retired`);
  else {
    if (parent !== null) checks.push(compareStored('parent', record.parent!, parent));
    const scored = parent === null ? null : { rows: countRows(batch), hits: countHits(parent.tree, batch) };
    const sums = addHits(parent?.record.evaluation.prequential ?? NO_HITS, scored ?? NO_HITS);
    const { batch: recordedBatch, prequential } = record.evaluation;
    checks.push(
      compare('batch', JSON.stringify([recordedBatch, prequential]), JSON.stringify([scored, sums])),
    );
  }
  const champion = await loadIfNamed(registry, record.champion);
  if (champion === 'gone')
    skipped.push(`holdout and promotion: champion ${record.champion!.version} is retired`);
  else {
    if (champion !== null) checks.push(compareStored('champion', record.champion!, champion));
    const isPinned = record.promotion.reason === 'held';
    const verdict = judge(tree, champion?.tree ?? null, rows.heldOut, promotion, isPinned);
    checks.push(
      compare('holdout', JSON.stringify(record.evaluation.holdout), JSON.stringify(verdict.holdout)),
    );
    checks.push(compare('promotion', JSON.stringify(record.promotion), JSON.stringify(verdict.promotion)));
  }
  return { version: record.version, checks, skipped };
}

function checkBehaviour(record: VersionRecord, schema: Schema): void {
  const rows = `${ROW_READER.name}/${ROW_READER.behaviour}`;
  if (record.settings.rows !== rows) {
    throw replayDiffers(
      record,
      `version ${record.version} was read by ${record.settings.rows}, this code has ${rows}`,
    );
  }
  const digest = schemaDigest(schema);
  if (record.schemaDigest !== digest) {
    throw new AlderError(
      'schema-differs',
      `version ${record.version} was made with the schema ${record.schemaDigest}, this is ${digest}`,
      {
        hint: 'name the schema of the model with --schema',
        fields: { version: record.version, recordSchema: record.schemaDigest, schema: digest },
      },
    );
  }
}

function replayDiffers({ version }: VersionRecord, message: string): AlderError {
  return new AlderError('replay-differs', message, { fields: { version } });
}

/** Finds the engine that a record names, with the same behaviour number. Throws `replay-differs`. */
export function engineOfLabel(label: string, known: readonly Engine[]): Engine {
  const found = known.find((engine) => engineLabel(engine) === label);
  if (found !== undefined) return found;
  throw new AlderError(
    'replay-differs',
    `the record names the engine ${label}, this code has ${known.map(engineLabel).join(', ')}`,
    { fields: { engine: label } },
  );
}

async function loadIfNamed(
  registry: ModelRegistry,
  ref: VersionRecord['parent'],
): Promise<KnownVersion | null | 'gone'> {
  if (ref === null) return null;
  return (await loadKnownVersion(registry, ref.version)) ?? 'gone';
}

/** The version that is stored under a number may differ from the one that the record was judged against. */
function compareStored(what: 'parent' | 'champion', ref: VersionRef, stored: KnownVersion): ReplayCheck {
  return compare(what, ref.recordDigest, stored.record.recordDigest);
}

function compare(what: ReplayCheck['what'], recorded: string, replayed: string): ReplayCheck {
  return { what, recorded, replayed, equal: recorded === replayed };
}
