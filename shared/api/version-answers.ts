import { z } from 'zod';

/** What the routes below `/models` answer with. */
const versionNumber = z.number().int().min(1);
const count = z.number().int().min(0);

export const aliasValue = z.strictObject({
  version: versionNumber,
  /** Rises by one with each move; the alias's ETag. */
  revision: z.number().int().min(1),
  /** True for a champion that a person moved: publishing leaves it alone until it is released. */
  held: z.boolean(),
});

export const aliasAnswer = z.strictObject({ model: z.string(), alias: z.string(), ...aliasValue.shape });
export type AliasAnswer = z.infer<typeof aliasAnswer>;

/** After a change: `from` is where the alias pointed before. */
export const aliasChangedAnswer = z.strictObject({
  ...aliasAnswer.shape,
  from: versionNumber.nullable(),
});
export type AliasChangedAnswer = z.infer<typeof aliasChangedAnswer>;

export const aliasesAnswer = z.strictObject({
  model: z.string(),
  /** The newest version, which the name `latest` stands for. */
  latest: versionNumber.nullable(),
  aliases: z.record(z.string(), aliasValue),
});
export type AliasesAnswer = z.infer<typeof aliasesAnswer>;

export const modelAnswer = z.strictObject({
  model: z.string(),
  champion: aliasValue.nullable(),
  latest: versionNumber.nullable(),
  /** Where a rollback would go. */
  previousChampion: versionNumber.nullable(),
  /** How many versions are stored. */
  versions: count,
  features: z.array(z.string()).nullable(),
  classes: z.array(z.string()).nullable(),
  /** Milliseconds since this process last saw the registry. */
  stalenessMs: count,
});
export type ModelAnswer = z.infer<typeof modelAnswer>;

export const modelsAnswer = z.strictObject({ models: z.array(modelAnswer) });
export type ModelsAnswer = z.infer<typeof modelsAnswer>;

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

/** Where the aliases stood at a time, by the entries that had been made until then. */
export const liveAtAnswer = z.strictObject({
  model: z.string(),
  at: z.string(),
  champion: versionNumber.nullable(),
  aliases: z.record(z.string(), journalEntry),
  /** False when the journal does not reach back that far. */
  isKnown: z.boolean(),
});
export type LiveAtAnswer = z.infer<typeof liveAtAnswer>;

export const shadowAnswer = z.strictObject({
  model: z.string(),
  /** The alias that predicts beside every prediction; null when only requests ask for one. */
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
