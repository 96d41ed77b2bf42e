import type { JournalEvent, PipelineEvent, VersionSummary, VersionsEvent } from '../../../shared/api/events';

/** Whether what is shown is what is. */
export type Connection = 'connecting' | 'live' | 'lost';

/** One second of the pipeline, as far as a trend needs it. */
export interface Moment {
  /** Milliseconds of the browser’s monotonic clock. */
  readonly atMs: number;
  readonly lagMessages: number | null;
  readonly acceptedPerSecond: number;
  readonly requestsPerSecond: number | null;
}

/** Everything that the server sent, as far as the page keeps it. */
export interface PageState {
  readonly connection: Connection;
  /** When the connection was lost; null while it is there. */
  readonly lostAtMs: number | null;
  /** Null until the first one came; then the newest, also while the connection is lost. */
  readonly pipeline: PipelineEvent | null;
  /** The newest ones, oldest of them first. */
  readonly moments: readonly Moment[];
  /** Ascending by number; the newest ones, at most VERSIONS_KEPT_MAX. */
  readonly versions: readonly VersionSummary[];
  /** Newest first. */
  readonly journal: JournalEvent['entries'];
}

export const VERSIONS_KEPT_MAX = 2_000;
export const MOMENTS_KEPT_MAX = 60;

export const EMPTY_PAGE: PageState = {
  connection: 'connecting',
  lostAtMs: null,
  pipeline: null,
  moments: [],
  versions: [],
  journal: [],
};

export type PageChange =
  | { readonly kind: 'pipeline'; readonly event: PipelineEvent; readonly atMs: number }
  | { readonly kind: 'versions'; readonly event: VersionsEvent }
  | { readonly kind: 'journal'; readonly event: JournalEvent }
  | { readonly kind: 'lost'; readonly atMs: number };

/** The page after something came, or the connection went. */
export function changed(state: PageState, change: PageChange): PageState {
  switch (change.kind) {
    case 'pipeline':
      return {
        ...state,
        connection: 'live',
        lostAtMs: null,
        pipeline: change.event,
        moments: [...state.moments, momentOf(change.event, change.atMs)].slice(-MOMENTS_KEPT_MAX),
      };
    case 'versions':
      return { ...state, versions: merged(state.versions, change.event.versions) };
    case 'journal':
      return { ...state, journal: change.event.entries };
    case 'lost':
      return { ...state, connection: 'lost', lostAtMs: state.lostAtMs ?? change.atMs };
  }
}

function momentOf({ trainer: { report, state }, serving }: PipelineEvent, atMs: number): Moment {
  return {
    atMs,
    lagMessages: report?.lagMessages ?? null,
    acceptedPerSecond: state === 'active' ? (report?.perSecond.accepted ?? 0) : 0,
    requestsPerSecond: serving.requestsPerSecond,
  };
}

/** After a reconnect some versions come again. One that came with another digest belongs to a registry that began anew. */
function merged(
  known: readonly VersionSummary[],
  came: readonly VersionSummary[],
): readonly VersionSummary[] {
  const byNumber = new Map(known.map((each) => [each.version, each]));
  const isAnew = came.some(
    ({ version, recordDigest }) => (byNumber.get(version)?.recordDigest ?? recordDigest) !== recordDigest,
  );
  if (isAnew) byNumber.clear();
  for (const each of came) byNumber.set(each.version, each);
  return [...byNumber.values()].sort((a, b) => a.version - b.version).slice(-VERSIONS_KEPT_MAX);
}
