import { setImmediate } from 'node:timers/promises';
import {
  EVENT_JOURNAL_ENTRIES_MAX,
  FIRST_VERSIONS_MAX,
  type JournalEvent,
  type VersionSummary,
} from '../../../shared/api/events';
import { isAlderError } from '../../../shared/errors';
import type { ModelRegistry, RegistryState, VersionRef } from '../../../shared/model-registry/model-registry';
import type { VersionRecord } from '../../../shared/model-registry/version-record';
import { isOtherHistory } from '../models/served-models';
import type { VersionLoads } from '../models/version-loads';
import { eventText, type OpenPage } from './open-page';

/** VersionLoads runs sixteen loads at once, and requests need some of them. */
const LOADS_AT_ONCE = 4;
/** Bound of the versions in one event: a page that reads slowly takes them in parts, and loses at most one part. */
const EVENT_VERSIONS_MAX = 50;

/**
 * The newest stored versions. Each is loaded and written once for all pages, and stays when the last page closes, so
 * that the next page costs the registry only a list of numbers.
 */
export class VersionFeed {
  /** Version → its summary as JSON, null where the record cannot be shown; at most FIRST_VERSIONS_MAX. */
  private readonly texts = new Map<number, string | null>();
  /** The versions that pages get, ascending; each of them is in `texts`. */
  private shown: readonly number[] = [];
  private newest: VersionRef | null = null;
  /** Rises when the registry begins another history, in which the same numbers name other versions. */
  private history = 0;

  constructor(
    private readonly registry: ModelRegistry,
    private readonly loads: VersionLoads,
  ) {}

  /** Loads the versions that were stored since the last call. Throws `registry-unavailable`, `too-many-waiters`. */
  async follow(newest: VersionRef | null): Promise<void> {
    if (this.newest !== null && (newest === null || isOtherHistory(this.newest, newest))) this.forgetAll();
    if (newest === null || newest.version === this.newest?.version) return;
    const numbers = (await this.registry.listVersions()).slice(-FIRST_VERSIONS_MAX);
    await this.loadAll(numbers.filter((version) => !this.texts.has(version)));
    this.shown = numbers.filter((version) => typeof this.texts.get(version) === 'string');
    this.newest = newest;
    const stored = new Set(numbers);
    for (const version of this.texts.keys()) if (!stored.has(version)) this.texts.delete(version);
  }

  /** Sends a page the versions that it lacks, ascending and in parts. */
  async sendTo(page: OpenPage): Promise<void> {
    if (page.isCatchingUp) return;
    page.isCatchingUp = true;
    while (page.isOpen) {
      this.checkHistory(page);
      const part = this.shown.filter((version) => version > page.sentVersion).slice(0, EVENT_VERSIONS_MAX);
      const last = part.at(-1);
      if (last === undefined) break;
      const summaries = part.map((version) => this.texts.get(version));
      page.send(eventText('versions', `{"versions":[${summaries.join(',')}]}`, last));
      page.sentVersion = last;
      await page.drained();
    }
    page.isCatchingUp = false;
  }

  /** A page with versions of another history, or with a number that was never given here, gets all versions again. */
  private checkHistory(page: OpenPage): void {
    if (this.newest === null || page.history === this.history) return;
    if (page.history !== null || page.sentVersion > this.newest.version) page.sentVersion = 0;
    page.history = this.history;
  }

  private async loadAll(versions: readonly number[]): Promise<void> {
    const left = [...versions];
    const loadSome = async () => {
      for (let version = left.shift(); version !== undefined; version = left.shift()) {
        this.texts.set(version, await this.load(version));
        // Checking a record takes a part of a millisecond: predictions are answered between two of them.
        await setImmediate();
      }
    };
    await Promise.all(Array.from({ length: LOADS_AT_ONCE }, loadSome));
  }

  private async load(version: number): Promise<string | null> {
    try {
      const { record } = await this.loads.record(version);
      return JSON.stringify(versionSummary(record));
    } catch (error) {
      // The registry may answer next time; a retired record, or one that fails its checks, never will.
      if (isAlderError(error) && error.canRetry) throw error;
      return null;
    }
  }

  private forgetAll(): void {
    this.texts.clear();
    this.shown = [];
    this.newest = null;
    this.history++;
  }
}

/** The facts of a version that a page shows. */
function versionSummary(record: VersionRecord): VersionSummary {
  const { rows, tree, evaluation, promotion } = record;
  const { batch, prequential, holdout } = evaluation;
  return {
    version: record.version,
    createdAt: record.createdAt,
    newestRowAt: record.newestRowAt,
    promoted: promotion.promoted,
    reason: promotion.reason,
    champion: record.champion?.version ?? null,
    isImported: record.imported !== undefined,
    rows: { window: rows.window, fitted: rows.fitted, heldOut: rows.heldOut, rejected: rows.rejected },
    batch,
    prequential,
    holdout: { rows: holdout.rows, candidate: holdout.candidate, champion: holdout.champion },
    tree: { digest: tree.digest, leaves: tree.leaves, depth: tree.depth },
    recordDigest: record.recordDigest,
    lineage: record.lineage.map(({ partition, windowFrom, batchFrom, next }) => {
      return { partition, windowFrom, batchFrom, next };
    }),
  };
}

/** The newest entries of the journal, loaded once for each change of an alias. */
export class JournalFeed {
  private text: string | null = null;
  /** The aliases, as JSON, at the time when `text` was loaded. */
  private aliases = '';

  constructor(private readonly registry: ModelRegistry) {}

  /** Loads the journal when an alias has moved since the last call. Throws `registry-unavailable`. */
  async follow(state: RegistryState): Promise<void> {
    const aliases = JSON.stringify(state.aliases);
    if (this.text !== null && aliases === this.aliases) return;
    const entries = await this.registry.journal(EVENT_JOURNAL_ENTRIES_MAX);
    const event: JournalEvent = { entries: [...entries].reverse() };
    this.text = eventText('journal', JSON.stringify(event));
    this.aliases = aliases;
  }

  /** Sends a page the journal, unless the page has it already. */
  sendTo(page: OpenPage): void {
    if (this.text === null || page.sentJournal === this.text) return;
    page.send(this.text);
    page.sentJournal = this.text;
  }
}
