import { AlderError } from '../../errors';
import type {
  AliasValue,
  JournalEntry,
  Lease,
  RefitAnswer,
  RefitOutcome,
  RegistryState,
} from '../model-registry';

/** The reply of `load-state.lua`. */
interface StateReply {
  /** Null on a server without a registry of this model. */
  readonly registryId: string | null;
  readonly state: RegistryState;
}

/** Reads the state hash and the aliases hash, each as name, value, name, value … Throws `record-invalid`. */
export function parseState(reply: unknown): StateReply {
  const [stateFields, aliasFields] = reply as [string[], string[]];
  const field = fieldsOf(stateFields);
  const number = (name: string) => parseNumber(name, field.get(name));
  const epoch = field.get('lease.epoch');
  const newest = field.get('newest.version');
  const answered = field.get('answered.upTo');
  return {
    registryId: field.get('registryId') ?? null,
    state: {
      lease:
        epoch === undefined
          ? null
          : {
              epoch: number('lease.epoch'),
              holder: field.get('lease.holder') ?? '',
              beat: number('lease.beat'),
            },
      newest:
        newest === undefined
          ? null
          : { version: number('newest.version'), recordDigest: field.get('newest.recordDigest') ?? '' },
      aliases: Object.fromEntries(
        [...fieldsOf(aliasFields)].map(([alias, text]) => [alias, parseAlias(text)]),
      ),
      previousChampion: field.has('previousChampion') ? number('previousChampion') : null,
      requested: field.has('requested') ? number('requested') : 0,
      answered:
        answered === undefined
          ? null
          : {
              upTo: number('answered.upTo'),
              version: field.get('answered.version') === '' ? null : number('answered.version'),
              outcome: field.get('answered.outcome') as RefitOutcome,
            },
    },
  };
}

/** `<version> <revision> <held 0|1>`. Throws `record-invalid`. */
export function parseAlias(text: string): AliasValue {
  const [version, revision, held] = text.split(' ');
  return {
    version: parseNumber('version of an alias', version),
    revision: parseNumber('revision of an alias', revision),
    held: held === '1',
  };
}

/** Throws `record-invalid`. */
export function parseJournalEntry(text: string): JournalEntry {
  try {
    return JSON.parse(text) as JournalEntry;
  } catch (cause) {
    throw new AlderError('record-invalid', 'registry: a journal entry is not JSON', { cause });
  }
}

/** The end of a journal entry's JSON; the script writes the alias and the numbers before it. */
export function journalText({ reason, actor, at }: Pick<JournalEntry, 'reason' | 'actor' | 'at'>): string {
  return JSON.stringify({ reason, actor, at }).slice(1);
}

/** Epoch, holder and beat; three empty texts stand for a lease that was never taken. */
export function leaseTexts(lease: Lease | null): [string, string, string] {
  return lease === null ? ['', '', ''] : [String(lease.epoch), lease.holder, String(lease.beat)];
}

/** upTo, version and outcome; an empty upTo stands for no answer, an empty version for none yet. */
export function answerTexts(answer: RefitAnswer | null): [string, string, string] {
  if (answer === null) return ['', '', ''];
  return [String(answer.upTo), answer.version === null ? '' : String(answer.version), answer.outcome];
}

function fieldsOf(flat: readonly string[]): Map<string, string> {
  const fields = new Map<string, string>();
  for (let i = 0; i + 1 < flat.length; i += 2) fields.set(flat[i]!, flat[i + 1]!);
  return fields;
}

function parseNumber(name: string, text: string | undefined): number {
  const value = Number(text);
  if (text === undefined || !/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw new AlderError('record-invalid', `registry: ${name} is not a whole number below 2^53`);
  }
  return value;
}
