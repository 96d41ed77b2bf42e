import type { VersionRecord } from '../../../shared/model-registry/version-record';
import type { RegistryView } from '../deep-source';
import type { Findings } from './findings';

/** The most entries that a registry keeps. */
const ENTRIES_MAX = 10_000;

/** The fields of a version that the journal repeats. */
export type JudgedVersion = Pick<
  VersionRecord,
  'version' | 'champion' | 'promotion' | 'createdAt' | 'trainer'
>;

/** Checks that the journal agrees with the aliases and the records. */
export function checkJournal(
  findings: Findings,
  view: RegistryView,
  journal: readonly JournalEntry[],
  versions: readonly JudgedVersion[],
): void {
  const isWhole = view.journal.length < ENTRIES_MAX;
  for (const alias of new Set([...view.aliases.keys(), ...journal.map((entry) => entry.alias)]))
    checkAlias(findings, view, alias, journal, isWhole);
  const champions = journal.filter(({ alias }) => alias === 'champion');
  const moved = champions.findLast(({ from, to }) => from !== null && from !== to);
  if (moved !== undefined || isWhole)
    findings.compare('previous champion', view.previousChampion, moved?.from ?? null);
  for (const { to } of champions)
    if (to > (view.records.at(-1) ?? 0)) findings.differ('journal', `champion to ${to}`, 'no such version');
  for (const version of versions) checkPromotionOf(findings, version, champions, isWhole);
}

/** Every entry of an alias begins at the version of the previous entry, and the last entry ends at the alias. */
function checkAlias(
  findings: Findings,
  view: RegistryView,
  alias: string,
  journal: readonly JournalEntry[],
  isWhole: boolean,
): void {
  let before: { readonly version: number | null; readonly revision: number } | null = isWhole
    ? { version: null, revision: 0 }
    : null;
  for (const entry of journal) {
    if (entry.alias !== alias) continue;
    if (before !== null) {
      const field = `journal of ${alias}, revision ${entry.revision}`;
      findings.compare(`${field}: from`, entry.from, before.version);
      findings.compare(`${field}: revision`, entry.revision, before.revision + 1);
    }
    before = { version: entry.to, revision: entry.revision };
  }
  if (before === null) return;
  const { version, revision } = view.aliases.get(alias) ?? { version: null, revision: 0 };
  findings.compare(`alias ${alias}: version`, version, before.version);
  findings.compare(`alias ${alias}: revision`, revision, before.revision);
}

function checkPromotionOf(
  findings: Findings,
  { version, champion, promotion, createdAt, trainer }: JudgedVersion,
  champions: readonly JournalEntry[],
  isWhole: boolean,
): void {
  const field = `journal of version ${version}`;
  const entry = champions.find((each) => byTrainer(each) && each.to === version);
  const before = champions.findLastIndex((each) => byTrainer(each) && each.to < version);
  // A trimmed journal has lost its entries about older versions.
  if (before < 0 && !isWhole && entry === undefined) return;
  if (promotion.promoted) {
    if (entry === undefined) findings.differ(field, 'promoted', 'not in the journal');
    else {
      findings.compare(`${field}: from`, entry.from, champion?.version ?? null);
      findings.compare(`${field}: reason`, entry.reason, promotion.reason);
      findings.compare(`${field}: actor`, entry.actor, `trainer ${trainer.id}`);
      findings.compare(`${field}: at`, entry.at, createdAt);
    }
    return;
  }
  if (entry !== undefined) findings.differ(field, 'not promoted', 'promoted by a trainer');
  if (before < 0) return;
  // Between two promotions only persons move the champion, so the version was compared with one of these champions.
  const rest = champions.slice(before + 1);
  const promoted = rest.findIndex(byTrainer);
  const moves = promoted < 0 ? rest : rest.slice(0, promoted);
  const opponents = [champions[before]!.to, ...moves.map(({ to }) => to)];
  if (champion === null || !opponents.includes(champion.version))
    findings.differ(`${field}: champion`, String(champion?.version ?? null), opponents.join(' or '));
  if (promotion.reason === 'held' && !moves.some(({ to }) => to === champion?.version))
    findings.differ(`${field}: held`, 'a person held the champion', 'nobody did');
}

/** One move of an alias in the stored journal. */
export interface JournalEntry {
  readonly alias: string;
  readonly from: number | null;
  readonly to: number;
  readonly revision: number;
  readonly reason: string;
  readonly actor: string;
  readonly at: string;
}

/** The entries that can be read, oldest first; every other entry becomes a finding. */
export function parseJournal(findings: Findings, texts: readonly string[]): JournalEntry[] {
  return texts.flatMap((text, i) => {
    const entry = parseEntry(text);
    if (entry === null) findings.differ(`journal[${i}]`, text, 'not an entry');
    return entry === null ? [] : [entry];
  });
}

/** Whether a trainer moved the alias with a publish; else a person moved it. */
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
