import { setImmediate } from 'node:timers/promises';
import { type AlderError, isAlderError } from '../../../shared/errors';
import { CHAMPION } from '../../../shared/model-registry/aliases';
import type { ModelRegistry, RegistryState, VersionRef } from '../../../shared/model-registry/model-registry';
import type { Log } from '../../../shared/runtime/log';
import { OutageNotice } from '../../../shared/runtime/outage-notice';
import type { ServingMetrics } from '../metrics/serving-metrics';
import { ModelCache } from './model-cache';
import type { RegistryView } from './registry-view';
import type { ServedModel } from './served-model';
import type { VersionLoads } from './version-loads';

const BAD_VERSIONS_MAX = 1_000;
const OUTAGE_REPEAT_MS = 60_000;

export interface ServedModelsOptions {
  readonly registry: ModelRegistry;
  readonly view: RegistryView;
  readonly loads: VersionLoads;
  readonly metrics: ServingMetrics;
  readonly log: Log;
}

/**
 * The versions that this process answers with: the champion, which follows its alias, and versions that clients asked
 * for by number. A request reads `champion` once, so each answer belongs to one version.
 */
export class ServedModels {
  /** Null before the first version was loaded. */
  champion: ServedModel | null = null;
  private readonly cache = new ModelCache();
  /** Versions that failed their checks; they are not fetched again. */
  private readonly bad = new Map<number, AlderError>();
  private newest: VersionRef | null = null;
  /** True when the champion belongs to a history that the registry no longer has: it answers until another is loaded. */
  private isOutdated = false;
  /** True when a version was published since the cache was last compared with the stored versions. */
  private mayCacheRetired = false;
  private following: Promise<void> | null = null;

  /** The champion's fetches that failed although nothing is known to be wrong with its version. */
  private readonly outage: OutageNotice;

  constructor(private readonly options: ServedModelsOptions) {
    const { log } = options;
    this.outage = new OutageNotice({
      repeatMs: OUTAGE_REPEAT_MS,
      onOutage: (error) =>
        log.warn(
          'model-not-loaded',
          'the champion could not be fetched; the version before it goes on answering',
          {
            version: this.options.view.state?.aliases[CHAMPION]?.version,
            code: isAlderError(error) ? error.code : 'internal',
          },
        ),
    });
    options.view.onState((state) => this.follow(state));
  }

  /** Resolves when the champion of the newest state seen is loaded, or could not be loaded. */
  async settled(): Promise<void> {
    await this.following;
  }

  /** One version by number, without a promise when it is cached; throws, or rejects, as VersionLoads.model does. */
  pinned(version: number): ServedModel | Promise<ServedModel> {
    if (this.champion?.version === version && !this.isOutdated) return this.champion;
    return this.cache.get(version) ?? this.loadAndCache(version);
  }

  private async loadAndCache(version: number): Promise<ServedModel> {
    const model = await this.loadChecked(version);
    this.cache.add(model);
    return model;
  }

  private follow(state: RegistryState): void {
    const before = this.newest;
    this.newest = state.newest ?? before;
    if (state.newest !== null && before !== null) {
      if (isOtherHistory(before, state.newest)) this.forgetAll();
      else if (state.newest.version !== before.version) this.mayCacheRetired = true;
    }
    this.following ??= this.catchUp().finally(() => {
      this.following = null;
      // Done only now: the champion that was just replaced is cached too, and may be the retired version.
      if (this.mayCacheRetired) void this.forgetRetired();
    });
  }

  /** Loads until the served champion is the newest one seen; states that arrive meanwhile only change the target. */
  private async catchUp(): Promise<void> {
    for (;;) {
      const wanted = this.options.view.state?.aliases[CHAMPION]?.version;
      if (wanted === undefined || this.bad.has(wanted)) return;
      if (wanted === this.champion?.version && !this.isOutdated) return;
      try {
        this.swap(this.cache.get(wanted) ?? (await this.loadChecked(wanted)));
      } catch (error) {
        if (this.bad.has(wanted)) continue;
        // The version itself may be fine: the next state, at most one poll later, tries again.
        this.outage.failed(error);
        return;
      }
    }
  }

  private swap(model: ServedModel): void {
    const before = this.champion;
    this.outage.recovered();
    this.champion = model;
    if (before !== null && !this.isOutdated) this.cache.add(before);
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

  /** After the registry was emptied or set back, the same numbers may name other versions. */
  private forgetAll(): void {
    this.options.log.warn(
      'registry-regressed',
      'the registry holds another history than before; all versions are loaded again',
    );
    this.cache.clear();
    this.bad.clear();
    this.isOutdated = this.champion !== null;
  }

  private async forgetRetired(): Promise<void> {
    this.mayCacheRetired = false;
    if (this.cache.size === 0) return;
    // Requests go first: the first answer of a new version does not wait for a list of the old ones.
    await setImmediate();
    await setImmediate();
    try {
      this.cache.keepOnly(new Set(await this.options.registry.listVersions()));
    } catch {
      // The registry is away; the next published version compares again.
    }
  }
}

/** True when the registry began anew: within one history versions only rise, and a number is given once. */
export function isOtherHistory(before: VersionRef, now: VersionRef): boolean {
  if (now.version < before.version) return true;
  return now.version === before.version && now.recordDigest !== before.recordDigest;
}
