import type { DeepReport, Difference, Unchecked } from '../services/verifier/report';
import { type Paint, plain, type Tone } from './paint';
import type { StoredReplay } from './replay-stored';

/** `alder verify` for a person: versions that are not simply equal, then the sums. */
export function replayLines(replays: readonly StoredReplay[], paint: Paint = plain): string[] {
  const count = (outcome: StoredReplay['outcome']) =>
    replays.filter((replay) => replay.outcome === outcome).length;
  const notable = replays.filter(({ outcome }) => outcome !== 'equal');
  return [
    ...notable.flatMap(({ version, outcome, reasons }) => [
      `version ${version} ${paint(TONES[outcome], WORDS[outcome])}`,
      ...reasons.map((reason) => `  ${reason}`),
    ]),
    `${paint('good', `${count('equal')} equal`)}, ${differText(count('differs'), paint)}, ${count('partly-compared')} compared in part, ${count('not-covered')} not covered any more`,
  ];
}

/** `alder verify --deep` for a person, in the same shape. */
export function deepLines(report: DeepReport, paint: Paint = plain): string[] {
  const { counts, versions, differences, unchecked, differencesUnlisted } = report;
  const notable = versions.filter(({ status }) => status !== 'equal');
  return [
    ...notable.flatMap((verdict) => [
      `version ${verdict.version} ${paint(TONES[verdict.status], WORDS[verdict.status])}`,
      ...detailsOf(verdict),
    ]),
    ...(differences.length + unchecked.length > 0 ? ['the model as a whole'] : []),
    ...detailsOf({ differences, unchecked }),
    ...(differencesUnlisted > 0 ? [`${differencesUnlisted} more differences are not listed`] : []),
    `read ${report.messagesRead} messages and ${report.rejectedRead} rejected rows`,
    `${paint('good', `${counts.equal} equal`)}, ${differText(counts.differs, paint)}, ${counts['partly-checked']} checked in part, ${counts['not-covered']} not covered any more`,
  ];
}

const WORDS = {
  equal: 'equal',
  differs: 'DIFFERS',
  'partly-compared': 'agrees as far as it could be compared',
  'partly-checked': 'agrees as far as it could be checked',
  'not-covered': 'is not covered any more',
} as const;

const TONES: Readonly<Record<keyof typeof WORDS, Tone>> = {
  equal: 'good',
  differs: 'bad',
  'partly-compared': 'dim',
  'partly-checked': 'dim',
  'not-covered': 'dim',
};

function differText(count: number, paint: Paint): string {
  const text = `${count} differ`;
  return count > 0 ? paint('bad', text) : text;
}

function detailsOf(found: { differences: readonly Difference[]; unchecked: readonly Unchecked[] }): string[] {
  return [
    ...found.differences.flatMap(({ field, recorded, found: instead }) => [
      `  ${field} DIFFERS`,
      `    recorded ${recorded}`,
      `    found    ${instead}`,
    ]),
    ...found.unchecked.map(({ field, reason }) => `  not checked: ${field}: ${reason}`),
  ];
}
