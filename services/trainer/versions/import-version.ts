import { AlderError } from '../../../shared/errors';
import { NO_HITS } from '../../../shared/evaluation/accuracy';
import { CHAMPION } from '../../../shared/model-registry/aliases';
import type { ModelRegistry, RegistryState } from '../../../shared/model-registry/model-registry';
import type {
  ImportedFrom,
  PartitionLineage,
  VersionRecord,
} from '../../../shared/model-registry/version-record';
import { type Schema, schemaDigest } from '../../../shared/row/schema';
import type { RowLog } from '../../../shared/row-log/row-log';
import type { Clock } from '../../../shared/runtime/clock';
import type { Log } from '../../../shared/runtime/log';
import type { Settings } from '../../../shared/settings/settings';
import type { Tree } from '../../../shared/tree/tree';
import { encodeTree } from '../../../shared/tree/tree-codec';
import { byPartition, checkLogIdentity } from '../guard/check-log';
import { rebuildWindow } from '../read/read-block';
import { judge } from '../refit/refit';
import { gatherWindow } from '../window/gather-rows';
import { rowsDigest } from '../window/rows-digest';
import { type ComposedVersion, composeVersion, recordSettings } from './compose-record';
import { loadStored } from './live-versions';
import { publishUntilKnown } from './publish-version';

interface ImportContext {
  readonly rowLog: RowLog;
  readonly registry: ModelRegistry;
  readonly schema: Schema;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly log: Log;
  /** The name of the person who imports. */
  readonly by: string;
  readonly codeVersion: string;
}

/** A trainer may publish while an import is judged; the import is then judged again. */
const TRIES_MAX = 20;
/** The maker of the tree is unknown, so no replay can make it again. */
const ENGINE = 'imported/1';

/**
 * Stores a tree that was made elsewhere as the next version. An import reads no new rows: lineage and window are the
 * parent's, and the held-out rows of that window compare the tree with the champion. A trainer therefore continues from
 * an imported version as from any other. The tree is promoted only while there is no champion.
 *
 * Throws `schema-differs` and `log-replaced` for a model that was made of other rows, `registry-unavailable`, and
 * `outcome-unknown` when trainers publish faster than the import is judged.
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
    const { record, ...composed } = await compose(context, state, tree, treeText, from);
    const publication = {
      ...composed,
      lease: null,
      championRevision: state.aliases[CHAMPION]?.revision ?? 0,
      answer: null,
      keepVersions: context.settings.keepVersions,
      keepFrom: 1,
    };
    const outcome = await publishUntilKnown(registry, publication, clock, log, new AbortController().signal);
    if (outcome === 'done' || outcome === 'already') return record;
  }
  throw new AlderError('outcome-unknown', 'trainers publish faster than the import is judged', {
    hint: 'stop the trainer, import, and start it again',
  });
}

async function compose(
  context: ImportContext,
  state: RegistryState,
  tree: Tree,
  treeText: string,
  imported: ImportedFrom,
): Promise<ComposedVersion> {
  const { rowLog, registry, schema, settings, clock, by, codeVersion } = context;
  const parent = state.newest === null ? null : (await loadStored(registry, state.newest.version)).record;
  if (parent !== null) checkSame(context, parent);
  const alias = state.aliases[CHAMPION];
  const champion = alias === undefined ? null : await loadStored(registry, alias.version);
  const { rows, heldOut } = await readWindow(context, parent);
  const constants = {
    model: registry.model,
    log: rowLog.identity,
    schemaDigest: schemaDigest(schema),
    settings: recordSettings(parent?.settings ?? settings, ENGINE, 'manual'),
  };
  return composeVersion(constants, {
    parent,
    champion: champion?.record ?? null,
    lineage: parent === null ? await startOf(context) : parent.lineage.map(withoutBatch),
    rows,
    newestRowAt: parent?.newestRowAt ?? null,
    tree,
    treeText,
    batch: parent === null ? null : NO_HITS,
    judgement: judge(tree, champion?.tree ?? null, heldOut, 'manual', alias?.held ?? false),
    imported,
    createdAt: clock.wallTime(),
    trainer: { id: `import ${by}`, epoch: state.lease?.epoch ?? 0, code: codeVersion },
  });
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
    return { heldOut, rows: { window: 0, fitted: 0, heldOut: 0, rejected: 0, digest: rowsDigest([]) } };
  }
  const bounds = byPartition(await rowLog.bounds());
  const from = parent.lineage.map(({ partition, windowFrom }) =>
    Math.max(Number(windowFrom), bounds.get(partition)?.earliest ?? 0),
  );
  const stores = await rebuildWindow(rowLog, schema, parent, { from });
  const spans = stores.map((store) => ({ store, from: 0, end: store.rows.rowCount }));
  const { heldOut } = gatherWindow(spans, featureNames, schema.label.classes);
  return { heldOut, rows: { ...parent.rows, rejected: 0 } };
}

/** The start of a model without versions: an empty range of every partition. */
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
