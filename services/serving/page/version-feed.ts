import { setImmediate as nextTurn } from 'node:timers/promises';
import { FIRST_VERSIONS_MAX } from '../../../shared/api/events';
import { isAlderError } from '../../../shared/errors';
import type { ModelRegistry, VersionRef } from '../../../shared/model-registry/model-registry';
import { isOtherHistory } from '../models/served-models';
import type { VersionLoads } from '../models/version-loads';
import { eventText } from './event-text';
import type { OpenPage } from './open-page';
import { versionSummary } from './version-summary';

/** VersionLoads has sixteen places, which requests need too. */
const LOADS_AT_ONCE = 4;
/** Versions of one event: a page that reads slowly takes them in parts, and loses no more than one. */
const EVENT_VERSIONS_MAX = 50;

/**
 * The newest stored versions, each loaded and written once however many pages are told of it. They stay when the last
 * page closes, so that the next one costs the registry a list of numbers.
 */
export class VersionFeed {
  /** Version → its summary as JSON, null where the record cannot be shown; at most FIRST_VERSIONS_MAX. */
  private readonly texts = new Map<number, string | null>();
  /** The versions that pages may be told of, ascending; every one of them is in `texts`. */
  private told: readonly number[] = [];
  private newest: VersionRef | null = null;
  /** Rises when the registry holds another history than before: the same numbers name other versions then. */
  private history = 0;

  constructor(
    private readonly registry: ModelRegistry,
    private readonly loads: VersionLoads,
  ) {}

  /** Loads what was stored since the last time. Throws `registry-unavailable`, `too-many-waiters`. */
  async follow(newest: VersionRef | null): Promise<void> {
    if (this.newest !== null && (newest === null || isOtherHistory(this.newest, newest))) this.forgetAll();
    if (newest === null || newest.version === this.newest?.version) return;
    const numbers = (await this.registry.listVersions()).slice(-FIRST_VERSIONS_MAX);
    await this.loadAll(numbers.filter((version) => !this.texts.has(version)));
    this.told = numbers.filter((version) => typeof this.texts.get(version) === 'string');
    this.newest = newest;
    const stored = new Set(numbers);
    for (const version of this.texts.keys()) if (!stored.has(version)) this.texts.delete(version);
  }

  /** Sends a page, in ascending parts, the versions after the last one that it has. */
  async tell(page: OpenPage): Promise<void> {
    if (page.isCatchingUp) return;
    page.isCatchingUp = true;
    while (page.isOpen) {
      this.welcome(page);
      const part = this.told.filter((version) => version > page.sentVersion).slice(0, EVENT_VERSIONS_MAX);
      const last = part.at(-1);
      if (last === undefined) break;
      const summaries = part.map((version) => this.texts.get(version));
      page.send(eventText('versions', `{"versions":[${summaries.join(',')}]}`, last));
      page.sentVersion = last;
      await page.drained();
    }
    page.isCatchingUp = false;
  }

  /** Whoever comes back with a number that was never given here, or has another history, is told everything. */
  private welcome(page: OpenPage): void {
    if (this.newest === null || page.history === this.history) return;
    if (page.history !== null || page.sentVersion > this.newest.version) page.sentVersion = 0;
    page.history = this.history;
  }

  private async loadAll(versions: readonly number[]): Promise<void> {
    const left = [...versions];
    const loadSome = async () => {
      for (let version = left.shift(); version !== undefined; version = left.shift()) {
        this.texts.set(version, await this.load(version));
        // Checking a record takes a part of a millisecond: predictions get their turn between two of them.
        await nextTurn();
      }
    };
    await Promise.all(Array.from({ length: LOADS_AT_ONCE }, loadSome));
  }

  private async load(version: number): Promise<string | null> {
    try {
      const { record } = await this.loads.record(version);
      return JSON.stringify(versionSummary(record));
    } catch (error) {
      // The registry may answer next time; a record that was retired meanwhile or fails its checks never will.
      if (isAlderError(error) && error.canRetry) throw error;
      return null;
    }
  }

  private forgetAll(): void {
    this.texts.clear();
    this.told = [];
    this.newest = null;
    this.history++;
  }
}
