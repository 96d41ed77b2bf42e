import { z } from 'zod';
import { count, versionNumber } from './fields';

export const aliasValue = z.strictObject({
  version: versionNumber,
  /** Rises by one with each move of the alias; its ETag. */
  revision: z.number().int().min(1),
  /** True for a champion that an admin has pinned; no new version replaces it until an admin releases it. */
  held: z.boolean(),
});

export const aliasAnswer = z.strictObject({ model: z.string(), alias: z.string(), ...aliasValue.shape });
export type AliasAnswer = z.infer<typeof aliasAnswer>;

/** The answer to a move of an alias; `from` is the version that it pointed at before. */
export const aliasChangedAnswer = z.strictObject({
  ...aliasAnswer.shape,
  from: versionNumber.nullable(),
});
export type AliasChangedAnswer = z.infer<typeof aliasChangedAnswer>;

export const aliasesAnswer = z.strictObject({
  model: z.string(),
  /** The newest version, the target of the name `latest`. */
  latest: versionNumber.nullable(),
  aliases: z.record(z.string(), aliasValue),
});
export type AliasesAnswer = z.infer<typeof aliasesAnswer>;

export const rootAnswer = z.strictObject({
  message: z.string(),
  model: z.string(),
  /** Null before the first version. */
  version: versionNumber.nullable(),
  next: z.strictObject({ train: z.string(), serve: z.string(), pinned: z.string() }),
  /** Milliseconds since the last answer of the registry; absent while it is reachable. */
  stalenessMs: z.number().optional(),
});
export type RootAnswer = z.infer<typeof rootAnswer>;

export const modelAnswer = z.strictObject({
  model: z.string(),
  champion: aliasValue.nullable(),
  latest: versionNumber.nullable(),
  /** The version that a rollback would make the champion. */
  previousChampion: versionNumber.nullable(),
  /** The number of stored versions. */
  versions: count,
  features: z.array(z.string()).nullable(),
  classes: z.array(z.string()).nullable(),
  /** Milliseconds since the last answer of the registry to this process. */
  stalenessMs: count,
});
export type ModelAnswer = z.infer<typeof modelAnswer>;

export const modelsAnswer = z.strictObject({ models: z.array(modelAnswer) });
export type ModelsAnswer = z.infer<typeof modelsAnswer>;

export const versionsAnswer = z.strictObject({
  model: z.string(),
  latest: versionNumber.nullable(),
  aliases: z.record(z.string(), versionNumber),
  /** Stored versions, ascending. */
  versions: z.array(versionNumber),
  /** The `?after=` of the next page; null on the last page. */
  next: versionNumber.nullable(),
});
export type VersionsAnswer = z.infer<typeof versionsAnswer>;

export const journalEntry = z.strictObject({
  alias: z.string(),
  from: versionNumber.nullable(),
  to: versionNumber,
  revision: z.number().int().min(1),
  reason: z.string(),
  actor: z.string(),
  at: z.string(),
});

export const journalAnswer = z.strictObject({
  model: z.string(),
  /** Newest first. */
  entries: z.array(journalEntry),
});
export type JournalAnswer = z.infer<typeof journalAnswer>;

/** The aliases at a time, by the journal's entries up to then. */
export const liveAtAnswer = z.strictObject({
  model: z.string(),
  at: z.string(),
  champion: versionNumber.nullable(),
  aliases: z.record(z.string(), journalEntry),
  /** False when the journal begins after that time. */
  isKnown: z.boolean(),
});
export type LiveAtAnswer = z.infer<typeof liveAtAnswer>;

export const shadowAnswer = z.strictObject({
  model: z.string(),
  /** The alias that predicts the rows of every request; null when a shadow is used only where a request names it. */
  alias: z.string().nullable(),
  pairs: z.array(
    z.strictObject({
      served: versionNumber,
      shadow: versionNumber,
      rows: count,
      agreed: count,
      disagreed: count,
    }),
  ),
});
export type ShadowAnswer = z.infer<typeof shadowAnswer>;

/** A text for the journal: one line of visible characters. */
const line = (max: number) =>
  z.string().regex(new RegExp(`^[^\\p{Cc}\\p{Cs}\\u2028\\u2029]{1,${max}}$`, 'u'));

const changedBy = {
  reason: line(200).optional().describe('the reason of the change, for the journal'),
  actor: line(64).optional().describe('who makes the change, for the journal; "admin" by default'),
};

/** The body of a rollback and of a release. */
export const changeBody = z.strictObject(changedBy);

/** The body of a move of an alias. */
export const pointBody = z.strictObject({
  version: z.number().int().min(1).max(999_999_999_999_999),
  ...changedBy,
});
