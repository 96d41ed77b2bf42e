/**
 * The model registry: immutable numbered versions of one model, the aliases that point at them, the lease that says
 * which trainer may publish, and the requests for a refit.
 *
 * Records and trees are opaque text here; what they mean is decided by whoever writes and reads them. A text is
 * checked against its digest by its reader.
 *
 * Not in it: keys, transport, and any wall clock: no rule here depends on the time of day.
 *
 * Every call may throw `registry-unavailable` (canRetry); after a write the outcome is then unknown, and the same
 * call may be sent again: each write is a compare-and-set or recognises its own bytes.
 */
export interface ModelRegistry {
  readonly model: string;
  /** The registry's own random id, made once; a registry that was emptied has another. */
  readonly registryId: string;

  /** One consistent view of everything small. */
  loadState(): Promise<RegistryState>;

  /**
   * Takes the lease when it is still exactly the one that was seen (null: none was ever taken), with epoch + 1 and
   * beat 0. Gives null when somebody else moved it meanwhile.
   */
  takeLease(seen: Lease | null, holder: string): Promise<Lease | null>;
  /**
   * Moves beat on by one when the lease is still exactly the held one; null when it is not. A report, at most
   * `REPORT_BYTES_MAX` bytes of text, is what the holder says of itself: it replaces the one before in the same step,
   * wakes nobody up, and outlives the lease.
   */
  renewLease(held: Lease, report?: string): Promise<Lease | null>;
  /** The newest report of whoever holds or held the lease; null before the first. */
  loadReport(): Promise<string | null>;
  /** Gives the lease up (holder becomes '') when epoch and holder are still the held ones; else does nothing. */
  releaseLease(held: Lease): Promise<void>;

  /** One atomic step; see Publication and PublishOutcome. */
  publish(publication: Publication): Promise<PublishOutcome>;

  /** The record's text; null when there is no such version (never published, or retired). */
  loadRecord(version: number): Promise<string | null>;
  /** The tree's text; null when there is no such version. */
  loadTree(version: number): Promise<string | null>;
  /** Numbers of the stored versions, ascending. */
  listVersions(): Promise<number[]>;

  /** Moves an alias when its revision is still the expected one (0: it does not exist yet), and journals it. */
  moveAlias(move: AliasMove): Promise<AliasMoved>;
  /** The newest journal entries, oldest of them first. At most `JOURNAL_ENTRIES_MAX` are kept. */
  journal(countMax: number): Promise<JournalEntry[]>;

  /**
   * The state now, then again after every change and at least every `pollMs`, until the signal aborts (then it ends
   * without a throw). A push only hurries the poll. While the registry is away nothing comes; it goes on by itself.
   */
  watch(options: WatchOptions, signal: AbortSignal): AsyncIterable<RegistryState>;

  /** Asks the trainer to read to the log's end and refit; gives the ticket: answered when `answered.upTo` reaches it. */
  askForRefit(): Promise<number>;
  /** Answers all tickets up to `answer.upTo` without a new version; false when the lease is no longer held. */
  answerRefit(held: Lease, answer: RefitAnswer): Promise<boolean>;

  close(): Promise<void>;
}

export interface WatchOptions {
  readonly pollMs: number;
  /**
   * The reader loads each new champion as soon as it sees it. A registry that is far away may then send the texts of
   * that version together with the state; until the next state they are what its loads give. False by default.
   */
  readonly loadsChampion?: boolean;
}

export interface VersionRef {
  readonly version: number;
  readonly recordDigest: string;
}

/** Who may publish. A holder of '' means that it was given up and may be taken at once. */
export interface Lease {
  readonly epoch: number;
  readonly holder: string;
  readonly beat: number;
}

export interface AliasValue {
  readonly version: number;
  /** Rises by one with each move; 0 stands for an alias that does not exist. */
  readonly revision: number;
  /** True after a person moved it: publishing leaves it alone until it is released. */
  readonly held: boolean;
}

export type RefitOutcome = 'created' | 'unchanged' | 'no-rows' | 'no-fitted-row';

export interface RefitAnswer {
  /** All tickets up to this one are answered. */
  readonly upTo: number;
  /** The newest version at the answer; null before the first. */
  readonly version: number | null;
  readonly outcome: RefitOutcome;
}

export interface RegistryState {
  readonly lease: Lease | null;
  readonly newest: VersionRef | null;
  readonly aliases: Readonly<Record<string, AliasValue>>;
  /** The champion before the live one, kept from retention so that a rollback has somewhere to go. */
  readonly previousChampion: number | null;
  /** How many refits were asked for, ever. */
  readonly requested: number;
  readonly answered: RefitAnswer | null;
}

export interface JournalEntry {
  readonly alias: string;
  readonly from: number | null;
  readonly to: number;
  readonly revision: number;
  readonly reason: string;
  readonly actor: string;
  /** RFC 3339. */
  readonly at: string;
}

/** Everything that one publish checks and writes. */
export interface Publication {
  /**
   * Checked: epoch and holder. The beat may have moved on. Null for a version that no trainer made: the parent alone
   * is checked then, and a trainer that was about to publish finds itself beaten and begins again behind it.
   */
  readonly lease: Lease | null;
  readonly version: number;
  readonly recordDigest: string;
  readonly recordText: string;
  readonly treeText: string;
  /** Checked: the newest version is exactly this one; null: there is none. */
  readonly parent: VersionRef | null;
  /** Checked: the champion alias's revision is the one that the candidate was judged against (0: no champion). */
  readonly championRevision: number;
  /** Moves the champion to this version. */
  readonly promote: boolean;
  /** Why, for the journal. */
  readonly reason: string;
  readonly actor: string;
  /** RFC 3339, for the journal. */
  readonly at: string;
  /** Answers waiting refit requests in the same step. */
  readonly answer: RefitAnswer | null;
  /** How many of the newest versions to keep; aliased ones and the champion before the live one stay as well. */
  readonly keepVersions: number;
  /** Lower numbers are too old to be kept, however few there are; but for the newest, and those as above. */
  readonly keepFrom: number;
}

/**
 * Checked in this order:
 * `already`: this number holds these very bytes, an earlier try got through. ·
 * `fenced`: the lease is somebody else's. · `beaten`: another version is the newest. ·
 * `held`: it would promote, but a person holds the champion. · `champion-moved`: judge the same tree again. · `done`.
 */
export type PublishOutcome = 'done' | 'already' | 'fenced' | 'beaten' | 'held' | 'champion-moved';

export interface AliasMove {
  readonly alias: string;
  readonly version: number;
  readonly expectedRevision: number;
  readonly held: boolean;
  readonly reason: string;
  readonly actor: string;
  readonly at: string;
}

export type AliasMoved =
  | { readonly outcome: 'moved'; readonly value: AliasValue }
  | { readonly outcome: 'stale'; readonly value: AliasValue | null }
  | { readonly outcome: 'unknown-version' };
