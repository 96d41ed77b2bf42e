import type { JournalEvent, PipelineEvent, VersionSummary, VersionsEvent } from '../../../shared/api/events';

/** `live` while the page shows the current state; `lost` while it shows an old one. */
export type Connection = 'connecting' | 'live' | 'lost';

/** The figures of one second, from which trends are computed. */
export interface Moment {
  /** Milliseconds of the browser’s monotonic clock. */
  readonly atMs: number;
  readonly lagMessages: number | null;
  readonly acceptedPerSecond: number;
  readonly requestsPerSecond: number | null;
}

/** The events of the server, reduced to the state that the page shows. */
export interface PageState {
  readonly connection: Connection;
  /** When the connection was lost, milliseconds of the monotonic clock; null while it is up. */
  readonly lostAtMs: number | null;
  /** The newest pipeline event, also while the connection is lost; null before the first one. */
  readonly pipeline: PipelineEvent | null;
  /** The newest MOMENTS_MAX, oldest first. */
  readonly moments: readonly Moment[];
  /** The newest VERSIONS_MAX, ascending by number. */
  readonly versions: readonly VersionSummary[];
  /** Newest first. */
  readonly journal: JournalEvent['entries'];
}

export const VERSIONS_MAX = 2_000;
export const MOMENTS_MAX = 60;

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

/** The state after an event arrived or the connection was lost. */
export function changed(state: PageState, change: PageChange): PageState {
  switch (change.kind) {
    case 'pipeline':
      return {
        ...state,
        connection: 'live',
        lostAtMs: null,
        pipeline: change.event,
        moments: [...state.moments, momentOf(change.event, change.atMs)].slice(-MOMENTS_MAX),
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

/**
 * Adds the received versions. The server repeats some versions after a reconnect. A known number with another digest
 * comes from a registry that was emptied, so the versions known before are dropped.
 */
function merged(
  known: readonly VersionSummary[],
  received: readonly VersionSummary[],
): readonly VersionSummary[] {
  const byNumber = new Map(known.map((each) => [each.version, each]));
  const isOtherRegistry = received.some(
    ({ version, recordDigest }) => (byNumber.get(version)?.recordDigest ?? recordDigest) !== recordDigest,
  );
  if (isOtherRegistry) byNumber.clear();
  for (const each of received) byNumber.set(each.version, each);
  return [...byNumber.values()].sort((a, b) => a.version - b.version).slice(-VERSIONS_MAX);
}
