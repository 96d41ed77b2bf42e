import { AlderError } from '../../errors';
import { TREE_BYTES_MAX } from '../../tree/tree-codec';
import { JOURNAL_ENTRIES_MAX } from '../journal';
import type {
  AliasMove,
  AliasMoved,
  JournalEntry,
  Lease,
  ModelRegistry,
  Publication,
  PublishOutcome,
  RefitAnswer,
  RegistryState,
  WatchOptions,
} from '../model-registry';
import { checkReport } from '../registry-rules';
import { type Notify, RedisSession } from './session';
import { answerTexts, journalText, leaseTexts, parseAlias, parseJournalEntry, parseState } from './texts';
import { Watches } from './watches';

/**
 * For a request or a reply with a tree of up to 16 MiB. A hung server is noticed sooner: bytes of a reply keep the
 * connection alive, and silence ends it after 2 s. So a tree must reach the server within 2 s (16 MiB at 67 Mbit/s), but
 * may take 10 s to come back.
 */
const TREE_TIMEOUT_MS = 10_000;

export interface RedisModelRegistryOptions {
  /** `redis://` or `rediss://`, with user and password where needed; never printed. */
  readonly url: string;
  readonly model: string;
  /** Go on with a server whose maxmemory-policy may drop versions. */
  readonly allowEviction: boolean;
  /** Gets `registry-away`, `registry-back`, `eviction-allowed`, `eviction-unknown`, `hints-refused`, each with a sentence. */
  readonly onNotice?: Notify;
  /** How long to wait for the server when opening; 60,000 by default. */
  readonly openTimeoutMs?: number;
  /** False: open at once; the first call that reaches the server makes first contact. */
  readonly waitForServer?: boolean;
}

/**
 * Opens the model registry on Redis. First contact refuses a server that may evict (`registry-evicts`) and makes a
 * missing registry id. Throws `setting-invalid` for the URL, `registry-forbidden` for a refused login, and
 * `registry-unavailable` when the server stays away. When opened without waiting, the calls throw the server's errors
 * instead, and `registryId` is '' until a call gets through.
 */
export async function openRedisModelRegistry(options: RedisModelRegistryOptions): Promise<ModelRegistry> {
  const registry = new RedisModelRegistry(options);
  if (options.waitForServer ?? true) {
    try {
      await registry.waitForServer(options.openTimeoutMs ?? 60_000);
    } catch (error) {
      await registry.close();
      throw error;
    }
  }
  return registry;
}

class RedisModelRegistry implements ModelRegistry {
  readonly model: string;
  private readonly session: RedisSession;
  private readonly watches: Watches;
  private readonly prefetch = new Prefetch();

  constructor(options: RedisModelRegistryOptions) {
    const notify = options.onNotice ?? (() => undefined);
    this.model = options.model;
    this.watches = new Watches(notify);
    this.session = new RedisSession({ ...options, notify, onReady: () => this.watches.hint() });
  }

  /** The id from first contact or the last `loadState`; '' before first contact. */
  get registryId(): string {
    return this.session.registryId;
  }

  waitForServer(timeoutMs: number): Promise<void> {
    return this.session.waitForServer(timeoutMs);
  }

  async loadState(): Promise<RegistryState> {
    const { registryId, state } = parseState(await this.session.run('load-state', []));
    await this.session.recognise(registryId);
    return state;
  }

  async takeLease(seen: Lease | null, holder: string): Promise<Lease | null> {
    const epoch = await this.session.change('take-lease', [...leaseTexts(seen), holder]);
    return epoch === null ? null : { epoch: Number(epoch), holder, beat: 0 };
  }

  async renewLease(own: Lease, report = ''): Promise<Lease | null> {
    checkReport(report);
    const beat = await this.session.change('renew-lease', [...leaseTexts(own), report]);
    return beat === null ? null : { ...own, beat: Number(beat) };
  }

  async releaseLease(own: Lease): Promise<void> {
    await this.session.change('release-lease', [String(own.epoch), own.holder]);
  }

  /** Throws `tree-too-large`, before anything is sent. */
  async publish(publication: Publication): Promise<PublishOutcome> {
    const treeBytes = Buffer.byteLength(publication.treeText);
    if (treeBytes > TREE_BYTES_MAX) {
      const message = `registry: the tree takes ${treeBytes} bytes, ${TREE_BYTES_MAX} are allowed`;
      throw new AlderError('tree-too-large', message, {
        fields: { version: publication.version, treeBytes },
      });
    }
    const { lease, parent, version } = publication;
    const outcome = await this.session.change(
      'publish',
      [
        lease === null ? '' : String(lease.epoch),
        lease === null ? '' : lease.holder,
        String(version),
        publication.recordDigest,
        publication.recordText,
        publication.treeText,
        parent === null ? '' : String(parent.version),
        parent === null ? '' : parent.recordDigest,
        String(publication.championRevision),
        publication.promote ? '1' : '0',
        journalText(publication),
        String(JOURNAL_ENTRIES_MAX),
        String(publication.keepVersions),
        ...answerTexts(publication.answer),
        String(publication.keepFrom),
      ],
      TREE_TIMEOUT_MS,
    );
    return outcome as PublishOutcome;
  }

  // A prefetch that found nothing may be out of date, so the text is fetched again.
  async loadRecord(version: number): Promise<string | null> {
    return (await this.prefetch.texts(version)?.record) ?? this.fetchRecord(version);
  }

  async loadTree(version: number): Promise<string | null> {
    return (await this.prefetch.texts(version)?.tree) ?? this.fetchTree(version);
  }

  async loadReport(): Promise<string | null> {
    return (await this.session.send('get', [this.session.keys.report])) as string | null;
  }

  async listVersions(): Promise<number[]> {
    const versions = (await this.session.send('hkeys', [this.session.keys.records])) as string[];
    return versions.map(Number).sort((a, b) => a - b);
  }

  async moveAlias(move: AliasMove): Promise<AliasMoved> {
    const reply = await this.session.change('move-alias', [
      move.alias,
      String(move.version),
      String(move.expectedRevision),
      move.held ? '1' : '0',
      journalText(move),
      String(JOURNAL_ENTRIES_MAX),
    ]);
    const [outcome, text] = reply as ['moved' | 'stale' | 'unknown-version', string];
    if (outcome === 'unknown-version') return { outcome };
    if (outcome === 'stale') return { outcome, value: text === '' ? null : parseAlias(text) };
    return { outcome, value: parseAlias(text) };
  }

  async journal(countMax: number): Promise<JournalEntry[]> {
    // LRANGE -0 -1 gives the whole list.
    if (countMax <= 0) return [];
    const entries = (await this.session.send('lrange', [
      this.session.keys.journal,
      String(-countMax),
      '-1',
    ])) as string[];
    return entries.map(parseJournalEntry);
  }

  watch({ pollMs, loadsChampion = false }: WatchOptions, signal: AbortSignal): AsyncIterable<RegistryState> {
    const load = loadsChampion ? this.loadStateAndTexts.bind(this) : () => this.loadState();
    return this.watches.watch(this.session, load, pollMs, signal);
  }

  async askForRefit(): Promise<number> {
    return Number(await this.session.change('ask-for-refit', []));
  }

  async answerRefit(own: Lease, answer: RefitAnswer): Promise<boolean> {
    return (
      (await this.session.change('answer-refit', [String(own.epoch), own.holder, ...answerTexts(answer)])) ===
      1
    );
  }

  /** Loads the state and, in the same round trip, the texts of the version that a hint named as the new champion. */
  private loadStateAndTexts(promoted: number | null): Promise<RegistryState> {
    const state = this.loadState();
    if (promoted === null) this.prefetch.clear();
    else this.prefetch.set(promoted, this.fetchRecord(promoted), this.fetchTree(promoted));
    return state;
  }

  private async fetchRecord(version: number): Promise<string | null> {
    return (await this.session.send('hget', [this.session.keys.records, String(version)])) as string | null;
  }

  private async fetchTree(version: number): Promise<string | null> {
    return (await this.session.send('hget', [this.session.keys.trees, String(version)], TREE_TIMEOUT_MS)) as
      | string
      | null;
  }

  async close(): Promise<void> {
    await Promise.all([this.watches.close(), this.session.close()]);
  }
}

/** The texts of one version, arrived or under way; null where the registry has none. */
interface VersionTexts {
  readonly record: Promise<string | null>;
  readonly tree: Promise<string | null>;
}

/**
 * The texts that were fetched together with a state. The next state clears them, since an emptied registry or an older
 * copy may give the same number to another version.
 */
class Prefetch {
  private fetched: (VersionTexts & { version: number }) | null = null;

  set(version: number, record: Promise<string | null>, tree: Promise<string | null>): void {
    // Without these handlers the failure of a text that nobody loads would end the process.
    record.catch(() => undefined);
    tree.catch(() => undefined);
    this.fetched = { version, record, tree };
  }

  texts(version: number): VersionTexts | null {
    return this.fetched?.version === version ? this.fetched : null;
  }

  clear(): void {
    this.fetched = null;
  }
}
