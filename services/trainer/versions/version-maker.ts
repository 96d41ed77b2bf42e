import type { RefitAnswer } from '../../../shared/model-registry/model-registry';
import type { Tree } from '../../../shared/tree/tree';
import type { LeaseKeeper } from '../lease/lease-keeper';
import { type Cut, commitCut } from '../read/cut';
import { fitCut } from '../refit/fit-cut';
import type { TrainerContext } from '../term/trainer-context';
import type { LiveVersions } from './live-versions';
import type { OffsetMirrorer } from './offset-mirrorer';
import { publishVersion } from './publish-version';
import { VersionAges } from './version-ages';

/**
 * Makes a version of one cut after the other. A tree is fitted while the version before it is still on its way to the
 * registry: its rows and the tree that scores them are known by then, and its parent is not looked at before the
 * outcome is. So a cut counts as made before its version is; if that comes to nothing the term ends, and the next one
 * begins where the newest record does.
 */
export class VersionMaker {
  /** The tree of the newest cut. */
  private tree: Tree | null;
  private publishing: Promise<boolean> | null = null;
  private readonly ages: VersionAges;

  constructor(
    private readonly context: TrainerContext,
    private readonly lease: LeaseKeeper,
    private readonly live: LiveVersions,
    private readonly mirrorer: OffsetMirrorer,
  ) {
    this.tree = live.newest?.tree ?? null;
    this.ages = new VersionAges(context.registry, context.settings.keepVersionsMs);
  }

  get isPublishing(): boolean {
    return this.publishing !== null;
  }

  /** How many versions there will be once the one on its way is there. */
  get versionCount(): number {
    return (this.live.newest?.record.version ?? 0) + (this.isPublishing ? 1 : 0);
  }

  /**
   * Fits the cut, commits it, and resolves when its version is on its way. False when another trainer took over or the
   * signal aborted.
   */
  async make(cut: Cut, answer: Omit<RefitAnswer, 'version'> | null, signal: AbortSignal): Promise<boolean> {
    const { context, lease, live, ages } = this;
    const fitted = await fitCut(context, cut, this.tree);
    if (!(await this.published()) || signal.aborted) return false;
    this.tree = fitted.tree;
    this.publishing = publishVersion(context, lease, live, ages, fitted, answer, signal).then((record) => {
      if (record === null) return false;
      this.mirrorer.offer(record);
      context.events.onVersion?.(record);
      return true;
    });
    // Whoever asks for the outcome gets the error as well.
    this.publishing.catch(() => undefined);
    commitCut(cut);
    return true;
  }

  /** The outcome of what is on its way: false when another trainer took over or the signal aborted. */
  async published(): Promise<boolean> {
    try {
      return (await this.publishing) ?? true;
    } finally {
      this.publishing = null;
    }
  }
}
