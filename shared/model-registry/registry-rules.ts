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
  RegistryState,
  VersionRef,
} from './model-registry';

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

/** A state after a step, and what the step adds to the journal. */
export interface Changed {
  readonly state: RegistryState;
  readonly entry: JournalEntry | null;
}

/** What is stored under the number that a publication wants. */
export type StoredBytes = 'none' | 'these' | 'others';

/** The lease after `holder` took it; null when it is no longer the one that was seen. */
export function leaseTaken(lease: Lease | null, seen: Lease | null, holder: string): Lease | null {
  const isAsSeen =
    lease === null || seen === null ? lease === seen : isSameHold(lease, seen) && lease.beat === seen.beat;
  return isAsSeen ? { epoch: (lease?.epoch ?? 0) + 1, holder, beat: 0 } : null;
}

/** The lease after its holder renewed it; null when it is not exactly the held one. */
export function leaseRenewed(lease: Lease | null, held: Lease): Lease | null {
  return isSameHold(lease, held) && lease?.beat === held.beat ? { ...held, beat: held.beat + 1 } : null;
}

/** A report larger than the port allows is a fault of its writer. */
export function checkReport(report: string): void {
  invariant(Buffer.byteLength(report) <= REPORT_BYTES_MAX, 'a report keeps within its bound');
}

/** The lease after it was given up; null when it is somebody else's. */
export function leaseReleased(lease: Lease | null, held: Lease): Lease | null {
  return lease !== null && isSameHold(lease, held) ? { ...lease, holder: '' } : null;
}

/** Whether epoch and holder are still the held ones; the beat may have moved on. */
export function isSameHold(lease: Lease | null, held: Lease): boolean {
  return lease !== null && lease.epoch === held.epoch && lease.holder === held.holder;
}

/** What a publish comes to; the order of the checks is part of the port. */
export function publishOutcome(
  state: RegistryState,
  publication: Publication,
  stored: StoredBytes,
): PublishOutcome {
  const champion = state.aliases[CHAMPION];
  if (stored === 'these') return 'already';
  const { lease } = publication;
  if (lease !== null && !isSameHold(state.lease, lease)) return 'fenced';
  if (stored === 'others' || !isSameVersion(state.newest, publication.parent)) return 'beaten';
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

/** What moving an alias comes to; the revision is checked before the version. */
export function moveOutcome(state: RegistryState, move: AliasMove, isStored: boolean): AliasMoved {
  const value = aliasOf(state, move.alias);
  if ((value?.revision ?? 0) !== move.expectedRevision) return { outcome: 'stale', value };
  if (!isStored) return { outcome: 'unknown-version' };
  return {
    outcome: 'moved',
    value: { version: move.version, revision: move.expectedRevision + 1, held: move.held },
  };
}

/** The state after an alias was moved. The champion before the live one is remembered when the champion moves. */
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

/** Which of the stored versions retention lets go: what is beyond the newest or too old, but for the newest of all, the
 * aliased and the champion before. */
export function retiredVersions(
  stored: readonly number[],
  state: RegistryState,
  { keepVersions, keepFrom }: Pick<Publication, 'keepVersions' | 'keepFrom'>,
): number[] {
  const kept = new Set(Object.values(state.aliases).map(({ version }) => version));
  if (state.previousChampion !== null) kept.add(state.previousChampion);
  const newestFirst = [...stored].sort((a, b) => b - a);
  return newestFirst.filter(
    (version, place) => place > 0 && (place >= keepVersions || version < keepFrom) && !kept.has(version),
  );
}

function aliasOf(state: RegistryState, alias: string): AliasValue | null {
  return Object.hasOwn(state.aliases, alias) ? (state.aliases[alias] ?? null) : null;
}

function isSameVersion(one: VersionRef | null, other: VersionRef | null): boolean {
  return one?.version === other?.version && one?.recordDigest === other?.recordDigest;
}
