import type { RegistryView } from '../deep-source';
import type { Findings } from './findings';
import { byTrainer, type JournalEntry } from './journal';

const CHAMPION = 'champion';
const NAMED_MAX = 20;

/**
 * Checks that the stored versions come from a history that only grows: the newest version is the highest, retention
 * explains every missing version, and every alias points at a stored version.
 */
export function checkHistory(
  findings: Findings,
  view: RegistryView,
  newestDigest: string | null,
  journal: readonly JournalEntry[],
): void {
  const stored = new Set(view.records);
  const highest = view.records.at(-1) ?? null;
  findings.compare('newest version', view.newest?.version ?? null, highest);
  if (newestDigest !== null && view.newest !== null)
    findings.compare('newest record digest', view.newest.recordDigest, newestDigest);
  const missing = missingVersions(view, journal);
  if (missing.length > 0) {
    const named = missing.slice(0, NAMED_MAX).join(', ') + (missing.length > NAMED_MAX ? ', …' : '');
    findings.differ('history', `versions up to ${highest}`, `without ${named}`);
  }
  for (const version of view.trees)
    if (!stored.has(version)) findings.differ('trees', `a tree of version ${version}`, 'no record of it');
  for (const [alias, { version }] of view.aliases)
    if (!stored.has(version)) findings.differ(`alias ${alias}`, `version ${version}`, 'it is not stored');
  // The first version is always promoted, so there is a champion from then on.
  if (highest !== null && !view.aliases.has(CHAMPION))
    findings.differ(`alias ${CHAMPION}`, 'a version', 'there is none');
  const { previousChampion } = view;
  if (previousChampion !== null && !stored.has(previousChampion))
    findings.differ('previous champion', `version ${previousChampion}`, 'it is not stored');
}

/**
 * Retention keeps the newest versions, the versions with an alias and the previous champion. Any other stored version
 * must be followed by every later version. A version that an alias has just left is stored until the next publish.
 */
function missingVersions(view: RegistryView, journal: readonly JournalEntry[]): number[] {
  const excused = new Set([...view.aliases.values()].map(({ version }) => version));
  if (view.previousChampion !== null) excused.add(view.previousChampion);
  const lastPublish = journal.findLastIndex(byTrainer);
  for (const { from } of journal.slice(lastPublish + 1)) if (from !== null) excused.add(from);
  const oldest = view.records.find((version, i) => !excused.has(version) || isRunToEnd(view.records, i));
  if (oldest === undefined) return [];
  const stored = new Set(view.records);
  const missing: number[] = [];
  for (let version = oldest; version < view.records.at(-1)!; version++)
    if (!stored.has(version)) missing.push(version);
  return missing;
}

/** Whether the versions from index i on are numbered without a gap. */
function isRunToEnd(versions: readonly number[], i: number): boolean {
  return versions.at(-1)! - versions[i]! === versions.length - 1 - i;
}
