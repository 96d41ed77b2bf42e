import { createHash } from 'node:crypto';
import { z } from 'zod';
import { AlderError } from '../errors';

/** The fields of a row: the features in their order, and the label with its classes. Immutable. */
export interface Schema {
  /** `data`: `{"data":[…],"label":"…"}`; `flat`: features and label side by side in one object. */
  readonly layout: 'data' | 'flat';
  /** Whether a field that the schema does not name rejects the row or is ignored. */
  readonly extraFields: 'reject' | 'ignore';
  readonly label: {
    readonly name: string;
    /** At most `CLASSES_MAX`; a class index is an index into this list. */
    readonly classes: readonly string[];
  };
  readonly features: readonly FeatureField[];
}

export interface FeatureField {
  readonly name: string;
  readonly unit?: string;
}

export const FEATURES_MAX = 1_024;
export const CLASSES_MAX = 256;

const NAME_CHARACTERS_MAX = 256;
const FORBIDDEN_NAMES = new Set(['__proto__']);

const name = z
  .string()
  .min(1)
  .max(NAME_CHARACTERS_MAX)
  .refine((text) => !FORBIDDEN_NAMES.has(text), 'is not allowed as a name')
  .refine((text) => text.isWellFormed(), 'is not well-formed text');

const schemaFile = z.strictObject({
  format: z.literal('alder-schema/1'),
  layout: z.enum(['data', 'flat']).default('data'),
  extraFields: z.enum(['reject', 'ignore']).default('reject'),
  label: z.strictObject({ name, classes: z.array(name).min(1).max(CLASSES_MAX) }),
  features: z
    .array(z.strictObject({ name, unit: z.string().max(NAME_CHARACTERS_MAX).optional() }))
    .min(1)
    .max(FEATURES_MAX),
});

/** Parses a schema file's text. Throws `schema-invalid` naming `source` and the field at fault. */
export function parseSchema(text: string, source: string): Schema {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new AlderError('schema-invalid', `${source} is not valid JSON`, { cause });
  }
  const checked = schemaFile.safeParse(parsed);
  if (!checked.success) {
    const issue = checked.error.issues[0]!;
    throw new AlderError(
      'schema-invalid',
      `${source}: ${issue.path.join('.') || 'the file'}: ${issue.message}`,
    );
  }
  const { layout, extraFields, label, features } = checked.data;
  const featureNames = features.map((feature) => feature.name);
  refuseRepeated(featureNames, `${source}: features`);
  refuseRepeated(label.classes, `${source}: label.classes`);
  if (featureNames.includes(label.name)) {
    throw new AlderError('schema-invalid', `${source}: "${label.name}" is both the label and a feature`);
  }
  return Object.freeze({
    layout,
    extraFields,
    label: Object.freeze({ name: label.name, classes: Object.freeze([...label.classes]) }),
    features: Object.freeze(
      features.map((f) =>
        Object.freeze(f.unit === undefined ? { name: f.name } : { name: f.name, unit: f.unit }),
      ),
    ),
  });
}

function refuseRepeated(names: readonly string[], place: string): void {
  const seen = new Set<string>();
  for (const each of names) {
    if (seen.has(each)) throw new AlderError('schema-invalid', `${place}: "${each}" stands twice`);
    seen.add(each);
  }
}

/** The schema as its file's JSON: fixed key order, no spaces. */
export function canonicalSchema(schema: Schema): string {
  return JSON.stringify({
    format: 'alder-schema/1',
    layout: schema.layout,
    extraFields: schema.extraFields,
    label: { name: schema.label.name, classes: schema.label.classes },
    features: schema.features.map((f) =>
      f.unit === undefined ? { name: f.name } : { name: f.name, unit: f.unit },
    ),
  });
}

/** Hex sha256 of the canonical schema. */
export function schemaDigest(schema: Schema): string {
  return createHash('sha256').update(canonicalSchema(schema)).digest('hex');
}
