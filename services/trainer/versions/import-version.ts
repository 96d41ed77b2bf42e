import { AlderError } from '../../../shared/errors';
import { addHits, NO_HITS } from '../../../shared/evaluation/prequential';
import { CHAMPION } from '../../../shared/model-registry/aliases';
import type { ModelRegistry, RegistryState } from '../../../shared/model-registry/model-registry';
import {
  type ImportedFrom,
  type PartitionLineage,
  sealRecord,
  type VersionRecord,
} from '../../../shared/model-registry/version-record';
import { ROW_READER } from '../../../shared/row/message-reader';
import { type Schema, schemaDigest } from '../../../shared/row/schema';
import type { RowLog } from '../../../shared/row-log/row-log';
import type { Clock } from '../../../shared/runtime/clock';
import type { Log } from '../../../shared/runtime/log';
import type { Settings } from '../../../shared/settings/settings';
import { depth, leafCount, nodeCount, type Tree } from '../../../shared/tree/tree';
import { encodeTree, treeDigest } from '../../../shared/tree/tree-codec';
import { checkLogIdentity } from '../guard/check-log';
import { judge } from '../refit/judge';
import { rebuildWindow } from '../resume/rebuild-window';
import { rowsDigest } from '../window/rows-digest';
import { gatherWindow } from '../window/window-rows';
import { type KnownVersion, loadKnownVersion } from './known-version';
import { versionRef } from './live-versions';
import { publishUntilKnown } from './publish-until-known';

export interface ImportContext {
  readonly rowLog: RowLog;
  readonly registry: ModelRegistry;
  readonly schema: Schema;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly log: Log;
  /** Who imports. */
  readonly by: string;
  readonly codeVersion: string;
}

/** A trainer may publish while this is judged; each time it is judged anew. */
const TRIES_MAX = 20;
/** What made the tree is not known here, so nothing can make it again. */
const ENGINE = 'imported/1';

/**
 * Stores a tree from elsewhere as the next version. It reads no rows of its own: its lineage and window are its
 * parent's, on whose held-out rows it meets the champion, so that a trainer goes on behind it as behind any other and
 * scores the next rows with it. It is promoted only where there is no champion yet.
 *
 * Throws `schema-differs` and `log-replaced` for a model that was made of other rows, `registry-unavailable`, and
 * `outcome-unknown` when trainers publish faster than this is judged.
 */
export async function importVersion(
  context: ImportContext,
  tree: Tree,
  from: ImportedFrom,
): Promise<VersionRecord> {
  const { registry, clock, log } = context;
  const treeText = encodeTree(tree);
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const state = await registry.loadState();
    const sealed = sealRecord(await describe(context, state, tree, treeText, from));
    const { record } = sealed;
    const outcome = await publishUntilKnown(
      registry,
      {
        lease: null,
        version: record.version,
        recordDigest: record.recordDigest,
        recordText: sealed.text,
        treeText,
        parent: record.parent,
        championRevision: state.aliases[CHAMPION]?.revision ?? 0,
        promote: record.promotion.promoted,
        reason: record.promotion.reason,
        actor: `trainer ${record.trainer.id}`,
        at: record.createdAt,
        answer: null,
        keepVersions: context.settings.keepVersions,
        keepFrom: 1,
      },
      clock,
      log,
      new AbortController().signal,
    );
    if (outcome === 'done' || outcome === 'already') return record;
  }
  throw new AlderError('outcome-unknown', 'trainers publish faster than the import is judged', {
    hint: 'stop the trainer, import, and start it again',
  });
}

async function describe(
  context: ImportContext,
  state: RegistryState,
  tree: Tree,
  treeText: string,
  imported: ImportedFrom,
): Promise<Omit<VersionRecord, 'format' | 'recordDigest'>> {
  const { rowLog, registry, schema, settings, clock, by, codeVersion } = context;
  const parent = state.newest === null ? null : await loadStored(registry, state.newest.version);
  if (parent !== null) checkSame(context, parent.record);
  const champion = await loadChampion(registry, state);
  const { window, heldOut } = await readWindow(context, parent?.record ?? null);
  const verdict = judge(
    tree,
    champion?.tree ?? null,
    heldOut,
    'manual',
    state.aliases[CHAMPION]?.held ?? false,
  );
  const { windowRows, holdoutShare, maxDepth, minLeafRows } = parent?.record.settings ?? settings;
  return {
    model: registry.model,
    version: (parent?.record.version ?? 0) + 1,
    parent: parent === null ? null : versionRef(parent.record),
    champion: champion === null ? null : versionRef(champion.record),
    log: rowLog.identity,
    lineage: parent === null ? await startOf(context) : parent.record.lineage.map(withoutBatch),
    schemaDigest: schemaDigest(schema),
    settings: {
      engine: ENGINE,
      rows: `${ROW_READER.name}/${ROW_READER.behaviour}`,
      windowRows,
      holdoutShare,
      maxDepth,
      minLeafRows,
      promotion: 'manual',
    },
    rows: { ...window, rejected: 0 },
    tree: {
      digest: treeDigest(treeText),
      nodes: nodeCount(tree),
      leaves: leafCount(tree),
      depth: depth(tree),
    },
    evaluation: {
      batch: parent === null ? null : NO_HITS,
      prequential: addHits(parent?.record.evaluation.prequential ?? NO_HITS, NO_HITS),
      holdout: verdict.holdout,
    },
    promotion: verdict.promotion,
    imported,
    createdAt: clock.wallTime(),
    newestRowAt: parent?.record.newestRowAt ?? null,
    trainer: { id: `import ${by}`, epoch: state.lease?.epoch ?? 0, code: codeVersion },
  };
}

async function loadStored(registry: ModelRegistry, version: number): Promise<KnownVersion> {
  const known = await loadKnownVersion(registry, version);
  if (known !== null) return known;
  throw new AlderError('record-invalid', `version ${version} is the newest but is not stored`);
}

async function loadChampion(registry: ModelRegistry, state: RegistryState): Promise<KnownVersion | null> {
  const champion = state.aliases[CHAMPION];
  return champion === undefined ? null : loadStored(registry, champion.version);
}

function checkSame({ rowLog, schema }: ImportContext, record: VersionRecord): void {
  checkLogIdentity(rowLog, record);
  if (record.schemaDigest === schemaDigest(schema)) return;
  throw new AlderError('schema-differs', `model ${record.model} was made with another schema`, {
    hint: 'name the schema of the model with --schema',
  });
}

/** The parent's window, as far as the log still holds it. */
async function readWindow({ rowLog, schema }: ImportContext, parent: VersionRecord | null) {
  const featureNames = schema.features.map(({ name }) => name);
  if (parent === null) {
    const { heldOut } = gatherWindow([], featureNames, schema.label.classes);
    return { heldOut, window: { window: 0, fitted: 0, heldOut: 0, digest: rowsDigest([]) } };
  }
  const bounds = await rowLog.bounds();
  const from = parent.lineage.map(({ partition, windowFrom }) =>
    Math.max(Number(windowFrom), bounds[partition]?.earliest ?? 0),
  );
  const stores = await rebuildWindow(rowLog, schema, parent, { from });
  const spans = stores.map((store) => ({ store, from: 0, end: store.rows.rowCount }));
  const { heldOut } = gatherWindow(spans, featureNames, schema.label.classes);
  const { rejected, ...window } = parent.rows;
  return { heldOut, window };
}

/** Where a trainer would begin that found no version. */
async function startOf({ rowLog, settings }: ImportContext): Promise<PartitionLineage[]> {
  const bounds = await rowLog.bounds();
  return bounds.map(({ partition, earliest, end }) => {
    const offset = String(settings.startAt === 'earliest' ? earliest : end);
    const nothing = { messages: 0, accepted: 0, rejected: 0, skipped: 0, last: null };
    return { partition, start: offset, windowFrom: offset, batchFrom: offset, next: offset, ...nothing };
  });
}

function withoutBatch(lineage: PartitionLineage): PartitionLineage {
  return { ...lineage, batchFrom: lineage.next };
}
