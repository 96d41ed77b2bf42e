import type { Difference, Findings, Unchecked, VersionStatus, VersionVerdict } from './checks/findings';
import type { DeepSource } from './deep-source';

export interface DeepReport {
  readonly model: string;
  readonly log: { readonly kind: string; readonly clusterId: string; readonly topic: string };
  /** True when nothing differs; fields that could not be checked do not count. */
  readonly isClean: boolean;
  /** Number of versions of each status. */
  readonly counts: Readonly<Record<VersionStatus, number>>;
  /** Every stored version, oldest first. */
  readonly versions: readonly VersionVerdict[];
  /** Findings that belong to no single version: history, aliases, journal and rejected rows. */
  readonly differences: readonly Difference[];
  readonly unchecked: readonly Unchecked[];
  /** Differences that are counted and not listed, so that the report is bounded. */
  readonly differencesUnlisted: number;
  readonly messagesRead: number;
  readonly rejectedRead: number;
}

/** The report of one verification. */
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
