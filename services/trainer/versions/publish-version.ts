import { isAlderError } from '../../../shared/errors';
import type {
  Lease,
  ModelRegistry,
  Publication,
  PublishOutcome,
  RefitAnswer,
} from '../../../shared/model-registry/model-registry';
import type { PartitionLineage, VersionRecord } from '../../../shared/model-registry/version-record';
import type { Clock } from '../../../shared/runtime/clock';
import type { Log } from '../../../shared/runtime/log';
import type { Tree } from '../../../shared/tree/tree';
import { type Cut, commitCut } from '../refit/cut';
import { type FittedCut, judge } from '../refit/refit';
import { gatherHeldOut } from '../window/gather-rows';
import { composeVersion, type RecordConstants } from './compose-record';
import type { LiveVersions } from './live-versions';
import type { VersionRetention } from './version-retention';

interface PublishParts {
  readonly registry: ModelRegistry;
  /** Its `lease` is null once another trainer has taken over. */
  readonly lease: { readonly lease: Lease | null };
  readonly live: LiveVersions;
  readonly retention: VersionRetention;
  readonly clock: Clock;
  readonly log: Log;
}

/** Who publishes: the trainer and the fields that all its records share. */
interface Publisher {
  readonly trainerId: string;
  readonly codeVersion: string;
  readonly constants: RecordConstants;
}

/**
 * Makes a version of one cut after another. A tree is fitted while the version before it is being published: the fit
 * needs the rows and the parent's tree, which are known by then, and not the parent's record. So a cut is committed
 * before its version is published. If publishing fails, the term ends and the next term resumes from the newest record.
 */
export class VersionMaker {
  /** The tree of the newest cut. */
  private tree: Tree | null;
  private publishing: Promise<boolean> | null = null;

  constructor(
    private readonly parts: PublishParts,
    private readonly publisher: Publisher,
    private readonly fit: (cut: Cut, parent: Tree | null) => Promise<FittedCut>,
    private readonly onPublished: (record: VersionRecord) => void,
  ) {
    this.tree = parts.live.newest?.tree ?? null;
  }

  get isPublishing(): boolean {
    return this.publishing !== null;
  }

  /** How many versions there are, the one that is being published included. */
  get versionCount(): number {
    return (this.parts.live.newest?.record.version ?? 0) + (this.isPublishing ? 1 : 0);
  }

  /**
   * Fits the cut, commits it, and resolves when its publishing has begun. False when another trainer took over or the
   * signal aborted.
   */
  async make(cut: Cut, answer: Omit<RefitAnswer, 'version'> | null, signal: AbortSignal): Promise<boolean> {
    const fitted = await this.fit(cut, this.tree);
    if (!(await this.settled()) || signal.aborted) return false;
    this.tree = fitted.tree;
    this.publishing = publishVersion(this.parts, this.publisher, fitted, answer, signal).then((record) => {
      if (record !== null) this.onPublished(record);
      return record !== null;
    });
    // `settled` throws the error again for its caller.
    this.publishing.catch(() => undefined);
    commitCut(cut);
    return true;
  }

  /** Waits for the version that is being published; false when another trainer took over or the signal aborted. */
  async settled(): Promise<boolean> {
    try {
      return (await this.publishing) ?? true;
    } finally {
      this.publishing = null;
    }
  }
}

/**
 * Compares a fitted tree with the champion and publishes it as the next version. Gives the record; null when another
 * trainer took over or the signal aborted.
 */
async function publishVersion(
  { registry, lease, live, retention, clock, log }: PublishParts,
  { trainerId, codeVersion, constants }: Publisher,
  fitted: FittedCut,
  answer: Omit<RefitAnswer, 'version'> | null,
  signal: AbortSignal,
): Promise<VersionRecord | null> {
  const { cut, rows, rowsDigest, tree, treeText, batch } = fitted;
  const parent = live.newest?.record ?? null;
  const heldOut = gatherHeldOut(rows);
  const { promotion } = constants.settings;

  while (!signal.aborted) {
    // Read before the wait for the champion's tree: the watch of the registry may move on meanwhile, and a candidate
    // must be published with the revision of the champion that it was judged against.
    const { championRevision, isChampionPinned } = live;
    const champion = await live.loadChampion();
    const judgement = judge(tree, champion?.tree ?? null, heldOut, promotion, isChampionPinned);
    const current = lease.lease;
    if (current === null) return null;
    const createdAt = clock.wallTime();
    const { fittedRows, heldOutRows } = rows;
    const { record, ...composed } = composeVersion(constants, {
      parent,
      champion: champion?.record ?? null,
      lineage: cut.partitions.map(lineageOf),
      rows: {
        window: fittedRows + heldOutRows,
        fitted: fittedRows,
        heldOut: heldOutRows,
        rejected: cut.rejected,
        digest: rowsDigest,
      },
      newestRowAt: newestRowAt(cut, parent),
      tree,
      treeText,
      batch,
      judgement,
      createdAt,
      trainer: { id: trainerId, epoch: current.epoch, code: codeVersion },
    });
    const publication = {
      ...composed,
      lease: current,
      championRevision,
      answer: answer === null ? null : { ...answer, version: record.version },
      keepVersions: retention.keepVersions,
      keepFrom: await retention.keepFrom(createdAt),
    };
    const outcome = await publishUntilKnown(registry, publication, clock, log, signal);
    switch (outcome) {
      case 'done':
      case 'already':
        live.recordPublished({ record, tree }, record.promotion.promoted);
        retention.add(record.version);
        return record;
      case 'held':
      case 'champion-moved':
        // The tree stays the same; it has to be judged against another champion, or a person has pinned the champion.
        await live.refresh();
        continue;
      default:
        if (outcome !== null) {
          log.warn(outcome, `version ${record.version} was refused: another trainer is ahead`, {
            version: record.version,
          });
        }
        return null;
    }
  }
  return null;
}

const FIRST_PAUSE_MS = 50;
const PAUSE_MS_MAX = 1_000;

/**
 * Sends the same publication again until the registry tells its outcome, so a lost reply neither loses the version nor
 * makes a second one. Null when the signal aborted first: the outcome then stays unknown, and the next term finds it in
 * the newest record.
 */
export async function publishUntilKnown(
  registry: ModelRegistry,
  publication: Publication,
  clock: Clock,
  log: Log,
  signal: AbortSignal,
): Promise<PublishOutcome | null> {
  let pauseMs = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    try {
      return await registry.publish(publication);
    } catch (error) {
      if (!isAlderError(error) || !error.canRetry) throw error;
      const { version } = publication;
      const message = `version ${version}: outcome unknown, sending the same bytes again: ${error.message}`;
      log.warn('publish-unknown', message, { version, ...error.fields });
      await clock.sleep(pauseMs, signal);
      pauseMs = Math.min(PAUSE_MS_MAX, pauseMs * 2);
    }
  }
  return null;
}

function lineageOf({ intake, batchFrom, progress }: Cut['partitions'][number]): PartitionLineage {
  return {
    partition: intake.partition,
    start: String(progress.start),
    windowFrom: String(progress.windowFrom),
    batchFrom: String(batchFrom),
    next: String(progress.next),
    messages: progress.messages,
    accepted: progress.accepted,
    rejected: progress.rejected,
    skipped: progress.next - progress.start - progress.messages,
    last: progress.last,
  };
}

function newestRowAt(cut: Cut, parent: VersionRecord | null): string | null {
  const before = parent?.newestRowAt ?? null;
  const newestMs = Math.max(cut.newestRowMs, before === null ? -1 : Date.parse(before));
  return newestMs < 0 ? null : new Date(newestMs).toISOString();
}
