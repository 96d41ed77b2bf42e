import type { RefitAnswer } from '../../../shared/model-registry/model-registry';
import { sealRecord, type VersionRecord } from '../../../shared/model-registry/version-record';
import { schemaDigest } from '../../../shared/row/schema';
import { decodeTree, treeDigest } from '../../../shared/tree/tree-codec';
import { batchSpans, type Cut, windowSpans } from '../intake/cut';
import type { LeaseKeeper } from '../lease-keeper';
import { type LiveVersions, versionRef } from '../live-versions';
import { publishUntilKnown } from '../publish-until-known';
import type { TrainerContext } from '../trainer-context';
import { countRows, gatherWindow, rowsDigest } from '../window/window-rows';
import { composeRecord, recordSettings } from './compose-record';
import { countHits } from './evaluate';
import { judge } from './judge';

/**
 * Makes one version of a cut: scores the new rows with the newest version, fits a tree on the window, lets it meet
 * the champion, publishes. Gives the record, or null when another trainer took over or the signal aborted.
 */
export async function makeVersion(
  context: TrainerContext,
  lease: LeaseKeeper,
  live: LiveVersions,
  cut: Cut,
  answer: Omit<RefitAnswer, 'version'> | null,
  signal: AbortSignal,
): Promise<VersionRecord | null> {
  const { schema, settings, engine, fitter, registry, clock, log } = context;
  const parent = live.newest;
  const spans = windowSpans(cut);
  const featureNames = schema.features.map((feature) => feature.name);
  const rows = gatherWindow(spans, featureNames, schema.label.classes);
  const window = countRows(spans);
  const fitted = rows.fitted.rowCount;
  const fitting = fitter.fit(rows.fitted, {
    maxDepth: settings.maxDepth,
    minLeafRows: settings.minLeafRows,
  });
  // The fit has a thread and a copy of the rows to itself, so what else a record needs of them is worked out meanwhile.
  // The score is that of the version which was newest when the rows came, which knows nothing of what is being fitted.
  const batch =
    parent === null ? null : { rows: cut.accepted, hits: countHits(parent.tree, batchSpans(cut)) };
  const digest = rowsDigest(spans);
  const treeText = await fitting;
  const tree = decodeTree(treeText);

  while (!signal.aborted) {
    // Taken before the wait for its tree: the watch may move on meanwhile, and a candidate that was judged against one
    // champion must not be published as judged against the next.
    const { championRevision, isChampionHeld } = live;
    const champion = await live.loadChampion();
    const verdict = judge(tree, champion?.tree ?? null, rows.heldOut, settings.promotion, isChampionHeld);
    const held = lease.lease;
    if (held === null) return null;
    const sealed = sealRecord(
      composeRecord({
        model: registry.model,
        log: context.rowLog.identity,
        schemaDigest: schemaDigest(schema),
        settings: recordSettings(settings, engine),
        parent: parent?.record ?? null,
        champion: champion === null ? null : versionRef(champion.record),
        cut,
        window,
        fitted,
        rowsDigest: digest,
        tree,
        treeDigest: treeDigest(treeText),
        batch,
        ...verdict,
        createdAt: clock.wallTime(),
        trainer: { id: context.trainerId, epoch: held.epoch, code: context.codeVersion },
      }),
    );
    const { record } = sealed;
    const publication = {
      lease: held,
      version: record.version,
      recordDigest: record.recordDigest,
      recordText: sealed.text,
      treeText,
      parent: record.parent,
      championRevision,
      promote: record.promotion.promoted,
      reason: record.promotion.reason,
      actor: `trainer ${context.trainerId}`,
      at: record.createdAt,
      answer: answer === null ? null : { ...answer, version: record.version },
      keepVersions: settings.keepVersions,
    };
    const outcome = await publishUntilKnown(registry, publication, clock, log, signal);
    switch (outcome) {
      case 'done':
      case 'already':
        live.published({ record, tree }, record.promotion.promoted);
        return record;
      case 'held':
      case 'champion-moved':
        // The tree stands; only its opponent, or who may move the champion, is another one now.
        await live.refresh();
        continue;
      default:
        if (outcome !== null)
          log.warn(outcome, `version ${record.version} was refused: another trainer is ahead`);
        return null;
    }
  }
  return null;
}
