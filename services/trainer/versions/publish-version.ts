import type { RefitAnswer } from '../../../shared/model-registry/model-registry';
import { sealRecord, type VersionRecord } from '../../../shared/model-registry/version-record';
import { schemaDigest } from '../../../shared/row/schema';
import { treeDigest } from '../../../shared/tree/tree-codec';
import type { LeaseKeeper } from '../lease/lease-keeper';
import type { FittedCut } from '../refit/fit-cut';
import { judge } from '../refit/judge';
import type { TrainerContext } from '../term/trainer-context';
import { gatherHeldOut } from '../window/gather-rows';
import { composeRecord, recordSettings } from './compose-record';
import { type LiveVersions, versionRef } from './live-versions';
import { publishUntilKnown } from './publish-until-known';
import type { VersionAges } from './version-ages';

/**
 * Lets a fitted tree meet the champion and publishes it as the next version. Gives the record, or null when another
 * trainer took over or the signal aborted.
 */
export async function publishVersion(
  context: TrainerContext,
  lease: LeaseKeeper,
  live: LiveVersions,
  ages: VersionAges,
  fitted: FittedCut,
  answer: Omit<RefitAnswer, 'version'> | null,
  signal: AbortSignal,
): Promise<VersionRecord | null> {
  const { schema, settings, engine, registry, clock, log } = context;
  const { cut, rows, tree, treeText } = fitted;
  const parent = live.newest;
  const heldOut = gatherHeldOut(rows);

  while (!signal.aborted) {
    // Taken before the wait for its tree: the watch may move on meanwhile, and a candidate that was judged against one
    // champion must not be published as judged against the next.
    const { championRevision, isChampionHeld } = live;
    const champion = await live.loadChampion();
    const verdict = judge(tree, champion?.tree ?? null, heldOut, settings.promotion, isChampionHeld);
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
        window: rows.fittedRows + rows.heldOutRows,
        fitted: rows.fittedRows,
        rowsDigest: fitted.rowsDigest,
        tree,
        treeDigest: treeDigest(treeText),
        batch: fitted.batch,
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
      keepFrom: await ages.keptFrom(record.createdAt),
    };
    const outcome = await publishUntilKnown(registry, publication, clock, log, signal);
    switch (outcome) {
      case 'done':
      case 'already':
        live.published({ record, tree }, record.promotion.promoted);
        ages.published(record.version);
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
