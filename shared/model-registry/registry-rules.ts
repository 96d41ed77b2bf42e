import { invariant } from '../errors';
import { CHAMPION } from './aliases';
import type {
  AliasMove,
  AliasMoved,
  AliasValue,
  JournalEntry,
  Lease,
  Publication,
  PublishOutcome,
  RefitAnswer,
  RegistryState,
  VersionRef,
} from './model-registry';

/**
 * The rules of the model registry as pure functions. The embedded registry runs them inside a transaction.
 *
 * The Redis registry has the same rules in Lua (`redis/scripts/`; each header names its rule), because a check and the
 * write that depends on it must be one atomic step on the server. The contract suite (`test/contract/model-registry/`)
 * runs every rule over both, and `test/live/rules-in-lua.test.ts` compares them on random histories.
 */

export const REPORT_BYTES_MAX = 65_536;

/** The state of a registry before its first write. */
export const EMPTY_STATE: RegistryState = {
  lease: null,
  newest: null,
  aliases: {},
  previousChampion: null,
  requested: 0,
  answered: null,
};

/** A state after a step, and the step's journal entry. */
export interface Changed {
  readonly state: RegistryState;
  readonly entry: JournalEntry | null;
}

/** The version under the number of a publication: none, one of the same bytes, or one of other bytes. */
export type StoredVersion = 'absent' | 'identical' | 'different';

/** The lease after `holder` took it; null when it differs from the lease that was seen. */
export function leaseTaken(lease: Lease | null, seen: Lease | null, holder: string): Lease | null {
  const isAsSeen =
    lease === null || seen === null ? lease === seen : isSameHolder(lease, seen) && lease.beat === seen.beat;
  return isAsSeen ? { epoch: (lease?.epoch ?? 0) + 1, holder, beat: 0 } : null;
}

/** The lease after its holder renewed it; null when it differs from `own`. */
export function leaseRenewed(lease: Lease | null, own: Lease): Lease | null {
  return isSameHolder(lease, own) && lease?.beat === own.beat ? { ...own, beat: own.beat + 1 } : null;
}

/** Stops on a report above the port's bound, which is a fault of its writer. */
export function checkReport(report: string): void {
  invariant(Buffer.byteLength(report) <= REPORT_BYTES_MAX, 'a report keeps within its bound');
}

/** The lease after it was given up; null when another holder has it. */
export function leaseReleased(lease: Lease | null, own: Lease): Lease | null {
  return lease !== null && isSameHolder(lease, own) ? { ...lease, holder: '' } : null;
}

/** True when epoch and holder are those of `own`; the beat may have risen. */
export function isSameHolder(lease: Lease | null, own: Lease): boolean {
  return lease !== null && lease.epoch === own.epoch && lease.holder === own.holder;
}

/** The outcome of a publish; the order of the checks is part of the port. */
export function publishOutcome(
  state: RegistryState,
  publication: Publication,
  stored: StoredVersion,
): PublishOutcome {
  const champion = state.aliases[CHAMPION];
  if (stored === 'identical') return 'already';
  const { lease } = publication;
  if (lease !== null && !isSameHolder(state.lease, lease)) return 'fenced';
  if (stored === 'different' || !isSameVersion(state.newest, publication.parent)) return 'beaten';
  if (publication.promote && champion?.held === true) return 'held';
  if ((champion?.revision ?? 0) !== publication.championRevision) return 'champion-moved';
  return 'done';
}

/** The state after a publish that is `done`. */
export function afterPublish(state: RegistryState, publication: Publication): Changed {
  const { version, recordDigest, promote, answer } = publication;
  const published = { ...state, newest: { version, recordDigest }, answered: answer ?? state.answered };
  return promote
    ? afterMove(published, { ...publication, alias: CHAMPION, held: false })
    : { state: published, entry: null };
}

/** The outcome of moving an alias; the revision is checked before the version. */
export function moveOutcome(state: RegistryState, move: AliasMove, isStored: boolean): AliasMoved {
  const value = aliasOf(state, move.alias);
  if ((value?.revision ?? 0) !== move.expectedRevision) return { outcome: 'stale', value };
  if (!isStored) return { outcome: 'unknown-version' };
  return {
    outcome: 'moved',
    value: { version: move.version, revision: move.expectedRevision + 1, held: move.held },
  };
}

/** The state after an alias was moved. A moved champion becomes the previous champion. */
export function afterMove(state: RegistryState, move: Omit<AliasMove, 'expectedRevision'>): Changed {
  const { alias, version, held, reason, actor, at } = move;
  const before = aliasOf(state, alias);
  const from = before?.version ?? null;
  const revision = (before?.revision ?? 0) + 1;
  const isOtherChampion = alias === CHAMPION && from !== null && from !== version;
  return {
    state: {
      ...state,
      aliases: { ...state.aliases, [alias]: { version, revision, held } },
      previousChampion: isOtherChampion ? from : state.previousChampion,
    },
    entry: { alias, from, to: version, revision, reason, actor, at },
  };
}

/**
 * The stored versions that retention retires, in descending order: all but the `keepVersions` newest, and all below
 * `keepFrom`. It spares the newest version, aliased versions and the previous champion.
 */
export function retiredVersions(
  stored: readonly number[],
  state: RegistryState,
  { keepVersions, keepFrom }: Pick<Publication, 'keepVersions' | 'keepFrom'>,
): number[] {
  const spared = new Set(Object.values(state.aliases).map(({ version }) => version));
  if (state.previousChampion !== null) spared.add(state.previousChampion);
  const newestFirst = [...stored].sort((a, b) => b - a);
  return newestFirst.filter(
    (version, place) => place > 0 && (place >= keepVersions || version < keepFrom) && !spared.has(version),
  );
}

function aliasOf(state: RegistryState, alias: string): AliasValue | null {
  return Object.hasOwn(state.aliases, alias) ? (state.aliases[alias] ?? null) : null;
}

function isSameVersion(one: VersionRef | null, other: VersionRef | null): boolean {
  return one?.version === other?.version && one?.recordDigest === other?.recordDigest;
}

/** The newer of two answers to refit requests. An answer that was given up on may arrive after a newer one. */
export function newerAnswer(answered: RefitAnswer | null, answer: RefitAnswer): RefitAnswer {
  return answered !== null && answered.upTo > answer.upTo ? answered : answer;
}
