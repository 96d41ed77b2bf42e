/** One field whose recorded value differs from the value that log and registry give. */
export interface Difference {
  /** A path into the record (`lineage[0].accepted`), or a part of the model (`journal`, `rejected rows`). */
  readonly field: string;
  readonly recorded: string;
  readonly found: string;
}

/** A field that could not be compared, and the reason. */
export interface Unchecked {
  readonly field: string;
  readonly reason: string;
}

/**
 * `equal`: all fields were compared and agree. `partly-checked`: all compared fields agree, and others could not be
 * compared. `not-covered`: the log no longer holds the window or the mini-batch. `differs`: at least one field differs.
 */
export type VersionStatus = 'equal' | 'differs' | 'partly-checked' | 'not-covered';

export interface VersionVerdict {
  readonly version: number;
  readonly status: VersionStatus;
  readonly differences: readonly Difference[];
  readonly unchecked: readonly Unchecked[];
}

/** The most differences in one list. */
const LISTED_MAX = 100;
const SHOWN_CHARACTERS_MAX = 400;

/** Collects the differences of one version, or of the registry as a whole. */
export class Findings {
  readonly differences: Difference[] = [];
  readonly unchecked: Unchecked[] = [];
  unlisted = 0;

  /** Adds a difference unless both values are equal as JSON; true when they are equal. */
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

/** The verdict on a version; `isCovered` is true when the log holds its window or its mini-batch. */
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
