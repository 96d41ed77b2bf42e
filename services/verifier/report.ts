import type { DeepSource } from './deep-source';

/** One thing that is not what it should be: where, what is stored, and what the log or the registry says instead. */
export interface Difference {
  /** A path into the record (`lineage[0].accepted`), or a place beside it (`journal`, `rejected rows`). */
  readonly field: string;
  readonly recorded: string;
  readonly found: string;
}

/** What could not be compared, and why. */
export interface Unchecked {
  readonly field: string;
  readonly reason: string;
}

/**
 * `equal`: everything was compared and agrees. `partly-checked`: what was compared agrees. `not-covered`: the log holds
 * neither the window nor the mini-batch any more. `differs`: something disagrees, whatever else was compared.
 */
export type VersionStatus = 'equal' | 'differs' | 'partly-checked' | 'not-covered';

export interface VersionVerdict {
  readonly version: number;
  readonly status: VersionStatus;
  readonly differences: readonly Difference[];
  readonly unchecked: readonly Unchecked[];
}

export interface DeepReport {
  readonly model: string;
  readonly log: { readonly kind: string; readonly clusterId: string; readonly topic: string };
  /** True when nothing differs; what could not be checked does not make it false. */
  readonly isClean: boolean;
  /** Number of versions of each status. */
  readonly counts: Readonly<Record<VersionStatus, number>>;
  /** Every stored version, oldest first. */
  readonly versions: readonly VersionVerdict[];
  /** What belongs to no single version: the history, the aliases, the journal, the rejected rows. */
  readonly differences: readonly Difference[];
  readonly unchecked: readonly Unchecked[];
  /** Differences that are counted and not listed, since a report stays readable and bounded. */
  readonly differencesUnlisted: number;
  readonly messagesRead: number;
  readonly rejectedRead: number;
}

/** Puts the report together. */
export function reportOf(
  { model, log: { kind, clusterId, topic } }: DeepSource,
  versions: readonly VersionVerdict[],
  { isClean, differences, unchecked, unlisted }: Findings,
  unlistedOfVersions: number,
  read: { readonly rows: number; readonly rejected: number },
): DeepReport {
  const counts = { equal: 0, differs: 0, 'partly-checked': 0, 'not-covered': 0 };
  for (const { status } of versions) counts[status]++;
  return {
    model,
    log: { kind, clusterId, topic },
    isClean: isClean && counts.differs === 0,
    counts,
    versions,
    differences,
    unchecked,
    differencesUnlisted: unlisted + unlistedOfVersions,
    messagesRead: read.rows,
    rejectedRead: read.rejected,
  };
}

/** The most differences that one list names. */
const LISTED_MAX = 100;
const SHOWN_CHARACTERS_MAX = 400;

/** Collects what one version, or the registry as a whole, comes to. */
export class Findings {
  readonly differences: Difference[] = [];
  readonly unchecked: Unchecked[] = [];
  unlisted = 0;

  /** Notes a difference unless both are equal as JSON; true when they are. */
  compare(field: string, recorded: unknown, found: unknown): boolean {
    const [one, other] = [shown(recorded), shown(found)];
    if (one === other) return true;
    this.differ(field, one, other);
    return false;
  }

  differ(field: string, recorded: string, found: string): void {
    if (this.differences.length < LISTED_MAX) {
      this.differences.push({ field, recorded: cut(recorded), found: cut(found) });
    } else this.unlisted++;
  }

  skip(field: string, reason: string): void {
    if (this.unchecked.length < LISTED_MAX) this.unchecked.push({ field, reason });
  }

  get isClean(): boolean {
    return this.differences.length === 0;
  }
}

/** What a version comes to; `isCovered` says whether the log holds its window or its mini-batch. */
export function verdictOf(version: number, findings: Findings, isCovered: boolean): VersionVerdict {
  const { differences, unchecked } = findings;
  return { version, status: statusOf(findings, isCovered), differences, unchecked };
}

function statusOf({ isClean, unchecked }: Findings, isCovered: boolean): VersionStatus {
  if (!isClean) return 'differs';
  if (!isCovered) return 'not-covered';
  return unchecked.length === 0 ? 'equal' : 'partly-checked';
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function cut(text: string): string {
  return text.length <= SHOWN_CHARACTERS_MAX ? text : `${text.slice(0, SHOWN_CHARACTERS_MAX)}…`;
}
