import type { Findings } from '../report';

/** One move of an alias, as the registry wrote it down. */
export interface JournalEntry {
  readonly alias: string;
  readonly from: number | null;
  readonly to: number;
  readonly revision: number;
  readonly reason: string;
  readonly actor: string;
  readonly at: string;
}

/** The entries that can be read, oldest first; the others are named. */
export function parseJournal(findings: Findings, texts: readonly string[]): JournalEntry[] {
  return texts.flatMap((text, i) => {
    const entry = parseEntry(text);
    if (entry === null) findings.differ(`journal[${i}]`, text, 'not an entry');
    return entry === null ? [] : [entry];
  });
}

/** Whether a trainer moved the alias, with a publish, and not a person. */
export function byTrainer({ alias, actor }: JournalEntry): boolean {
  return alias === 'champion' && actor.startsWith('trainer ');
}

function parseEntry(text: string): JournalEntry | null {
  try {
    const entry = JSON.parse(text) as Partial<Record<keyof JournalEntry, unknown>> | null;
    const isEntry =
      entry !== null &&
      typeof entry.alias === 'string' &&
      (entry.from === null || isVersion(entry.from)) &&
      isVersion(entry.to) &&
      isVersion(entry.revision) &&
      [entry.reason, entry.actor, entry.at].every((words) => typeof words === 'string');
    return isEntry ? (entry as unknown as JournalEntry) : null;
  } catch {
    return null;
  }
}

function isVersion(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}
