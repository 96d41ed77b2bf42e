import { setImmediate as nextTurn } from 'node:timers/promises';
import { type AlderError, isAlderError } from '../../../shared/errors';
import {
  CHAMPION,
  type ModelRegistry,
  type RegistryState,
  type VersionRef,
} from '../../../shared/model-registry/model-registry';
import type { Log } from '../../../shared/runtime/log';
import type { ServingMetrics } from '../metrics/serving-metrics';
import { HeldModels } from './held-models';
import type { RegistryView } from './registry-view';
import type { ServedModel } from './served-model';
import type { VersionLoads } from './version-loads';

const BAD_VERSIONS_MAX = 1_000;

export interface ServedModelsOptions {
  readonly registry: ModelRegistry;
  readonly view: RegistryView;
  readonly loads: VersionLoads;
  readonly metrics: ServingMetrics;
  readonly log: Log;
}

/**
 * The versions that this process answers with: the champion, followed as it moves, and those that were asked for by
 * number. A request only ever reads `champion` once, so each answer belongs to one version.
 */
export class ServedModels {
  /** Null before the first version was loaded. */
  champion: ServedModel | null = null;
  private readonly held = new HeldModels();
  /** Versions that failed their checks: fetched once, never again. */
  private readonly bad = new Map<number, AlderError>();
  private newest: VersionRef | null = null;
  /** The champion held is of a history that the registry no longer has: it answers until another is loaded. */
  private isOutdated = false;
  /** A version was published since the stored ones were last compared with those held. */
  private mayHoldRetired = false;
  private following: Promise<void> | null = null;

  constructor(private readonly options: ServedModelsOptions) {
    options.view.onState((state) => this.follow(state));
  }

  /** Resolves when the champion of the last state seen is loaded, or could not be. */
  async settled(): Promise<void> {
    await this.following;
  }

  /** One version by number, at once when it is held; throws, or rejects, as VersionLoads.model does. */
  pinned(version: number): ServedModel | Promise<ServedModel> {
    if (this.champion?.version === version && !this.isOutdated) return this.champion;
    return this.held.get(version) ?? this.loadAndHold(version);
  }

  private async loadAndHold(version: number): Promise<ServedModel> {
    const model = await this.loadChecked(version);
    this.held.add(model);
    return model;
  }

  private follow(state: RegistryState): void {
    const before = this.newest;
    this.newest = state.newest ?? before;
    if (state.newest !== null && before !== null) {
      if (isOtherHistory(before, state.newest)) this.forgetAll();
      else if (state.newest.version !== before.version) this.mayHoldRetired = true;
    }
    this.following ??= this.catchUp().finally(() => {
      this.following = null;
      // Only now, since the champion that was just replaced is held too, and may be the one that was retired.
      if (this.mayHoldRetired) void this.forgetRetired();
    });
  }

  /** Loads until the champion seen last is the one served; states that come meanwhile only change the target. */
  private async catchUp(): Promise<void> {
    for (;;) {
      const wanted = this.options.view.state?.aliases[CHAMPION]?.version;
      if (wanted === undefined || this.bad.has(wanted)) return;
      if (wanted === this.champion?.version && !this.isOutdated) return;
      try {
        this.swap(this.held.get(wanted) ?? (await this.loadChecked(wanted)));
      } catch (error) {
        if (this.bad.has(wanted)) continue;
        // Nothing is wrong with the version: the next state, at most one poll away, tries it again.
        const fields = { version: wanted, code: isAlderError(error) ? error.code : 'internal' };
        this.options.log.warn(
          'model-not-loaded',
          'the champion could not be fetched; the one before goes on',
          fields,
        );
        return;
      }
    }
  }

  private swap(model: ServedModel): void {
    const before = this.champion;
    this.champion = model;
    if (before !== null && !this.isOutdated) this.held.add(before);
    this.isOutdated = false;
    this.options.metrics.servedVersion = model.version;
    this.options.log.info('champion-served', `version ${model.version} is served`, {
      version: model.version,
      digest: model.digest,
    });
  }

  private async loadChecked(version: number): Promise<ServedModel> {
    const known = this.bad.get(version);
    if (known !== undefined) throw known;
    try {
      return await this.options.loads.model(version);
    } catch (error) {
      if (isAlderError(error, 'record-invalid', 'digest-mismatch', 'tree-invalid', 'tree-too-large')) {
        this.rememberBad(version, error);
      }
      throw error;
    }
  }

  private rememberBad(version: number, error: AlderError): void {
    if (this.bad.has(version)) return;
    const [oldest] = this.bad.keys();
    if (this.bad.size >= BAD_VERSIONS_MAX && oldest !== undefined) this.bad.delete(oldest);
    this.bad.set(version, error);
    this.options.metrics.badVersions++;
    this.options.log.error(error.code, `version ${version} failed its checks and is not served`, { version });
  }

  /** The registry was emptied or set back: the same numbers may now name other versions. */
  private forgetAll(): void {
    this.options.log.warn(
      'registry-regressed',
      'the registry holds another history than before; all is loaded again',
    );
    this.held.clear();
    this.bad.clear();
    this.isOutdated = this.champion !== null;
  }

  private async forgetRetired(): Promise<void> {
    this.mayHoldRetired = false;
    if (this.held.size === 0) return;
    // The first turn goes to who asks: the first answer of a new version does not wait for a list of the old ones.
    await nextTurn();
    await nextTurn();
    try {
      this.held.keepOnly(new Set(await this.options.registry.listVersions()));
    } catch {
      // The registry went away again; the next version brings the next list.
    }
  }
}

/** Versions only rise, and a number is given once: anything else is a registry that began anew. */
export function isOtherHistory(before: VersionRef, now: VersionRef): boolean {
  if (now.version < before.version) return true;
  return now.version === before.version && now.recordDigest !== before.recordDigest;
}
