/**
 * The model registry: immutable numbered versions of one model, the aliases that point at them, the lease that says
 * which trainer may publish, and the requests for a refit.
 *
 * Records and trees are opaque text here. Their readers parse them and check them against their digests.
 *
 * Not in it: keys, transport, and the wall clock: no rule depends on the time of day.
 *
 * Every call may throw `registry-unavailable`. The outcome of a write is then unknown, and the same call may be sent
 * again, because each write is a compare-and-set or recognises its own bytes.
 */
export interface ModelRegistry {
  readonly model: string;
  /** The registry's random id; a registry that was emptied gets another one. */
  readonly registryId: string;

  /** One consistent view of everything but records, trees, journal and report. */
  loadState(): Promise<RegistryState>;

  /**
   * Takes the lease by a compare-and-set on the lease that was seen (null: none was ever taken). The epoch, the fencing
   * token, rises by one, and the beat begins at 0. Gives null when the lease changed meanwhile.
   */
  takeLease(seen: Lease | null, holder: string): Promise<Lease | null>;
  /**
   * Heartbeat: raises the beat by one when the lease still equals `own`; else gives null. A report is the holder's text
   * about itself, at most `REPORT_BYTES_MAX` bytes. It replaces the report before in the same step and outlives the
   * lease.
   */
  renewLease(own: Lease, report?: string): Promise<Lease | null>;
  /** The newest report; null before the first. */
  loadReport(): Promise<string | null>;
  /** Gives the lease up (holder becomes '') when its epoch and holder are those of `own`; else does nothing. */
  releaseLease(own: Lease): Promise<void>;

  /** Publishes a version in one atomic step; see Publication and PublishOutcome. */
  publish(publication: Publication): Promise<PublishOutcome>;

  /** The record's text; null for a version that was never published or was retired. */
  loadRecord(version: number): Promise<string | null>;
  /** The tree's text; null as above. */
  loadTree(version: number): Promise<string | null>;
  /** Numbers of the stored versions, ascending. */
  listVersions(): Promise<number[]>;

  /** Moves an alias by a compare-and-set on its revision (0: it does not exist yet), and journals the move. */
  moveAlias(move: AliasMove): Promise<AliasMoved>;
  /** The newest journal entries, oldest of them first. The journal has at most `JOURNAL_ENTRIES_MAX` entries. */
  journal(countMax: number): Promise<JournalEntry[]>;

  /**
   * The state now, then after every change and at least every `pollMs`, until the signal aborts (then it ends without a
   * throw). A push is a hint, a poll is the truth. Nothing comes while the registry is away; afterwards it goes on.
   */
  watch(options: WatchOptions, signal: AbortSignal): AsyncIterable<RegistryState>;

  /** Asks the trainer to read to the log's end and refit. Gives a ticket, answered once `answered.upTo` reaches it. */
  askForRefit(): Promise<number>;
  /** Answers all tickets up to `answer.upTo` without a new version; false when the lease is no longer `own`. */
  answerRefit(own: Lease, answer: RefitAnswer): Promise<boolean>;

  close(): Promise<void>;
}

export interface WatchOptions {
  readonly pollMs: number;
  /**
   * Promises that the reader loads each new champion at once. A remote registry may then fetch the texts of that version
   * together with the state, and its loads give those texts until the next state. False by default.
   */
  readonly loadsChampion?: boolean;
}

export interface VersionRef {
  readonly version: number;
  readonly recordDigest: string;
}

/** The right to publish. An empty holder means that the lease was given up and may be taken at once. */
export interface Lease {
  readonly epoch: number;
  readonly holder: string;
  readonly beat: number;
}

export interface AliasValue {
  readonly version: number;
  /** Rises by one with each move; 0 stands for an alias that does not exist. */
  readonly revision: number;
  /** True after a person moved the alias: publishing does not move it until it is released. */
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
  /** The champion before the live one. Retention spares it, so that a rollback can return to it. */
  readonly previousChampion: number | null;
  /** The number of refit requests since the registry began; the newest ticket. */
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
   * Checked: epoch and holder; the beat may have risen. Null for a version that no trainer made: only the parent is
   * checked then, and a trainer that is about to publish gets `beaten` and starts again from that version.
   */
  readonly lease: Lease | null;
  readonly version: number;
  readonly recordDigest: string;
  readonly recordText: string;
  readonly treeText: string;
  /** Checked: the newest version is exactly this one; null: there is none. */
  readonly parent: VersionRef | null;
  /** Checked: the revision of the champion that the candidate was judged against (0: no champion). */
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
  /** The number of newest versions that retention spares; it also spares aliased versions and the previous champion. */
  readonly keepVersions: number;
  /** Lower numbers are retired even among the newest; the newest version itself and those above are spared. */
  readonly keepFrom: number;
}

/**
 * Checked in this order:
 * `already`: an earlier try stored the same bytes under this number. ·
 * `fenced`: another trainer has the lease. · `beaten`: another version is the newest. ·
 * `held`: the version would be promoted, but a person holds the champion. ·
 * `champion-moved`: the candidate was judged against an older champion, so judge it again. · `done`.
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
