/** A field of the form: what is asked for, in which unit, and what has been seen of it. */
export interface FeatureField {
  readonly name: string;
  readonly unit: string | null;
  readonly min: number | null;
  readonly max: number | null;
}

/** Text by feature, as it was typed. */
export type FormValues = Readonly<Record<string, string>>;

/** What the trainer told of the features; else their names alone, as a tree has them; null when neither is known. */
export function fieldsOf(
  features: readonly FeatureField[],
  featureNames: readonly string[] | null,
): readonly FeatureField[] | null {
  if (features.length > 0) return features;
  return featureNames?.map((name) => ({ name, unit: null, min: null, max: null })) ?? null;
}

/** The seen range with its unit, `4.3 to 7.9 cm`; null while it is not known. */
export function rangeText({ unit, min, max }: FeatureField): string | null {
  if (min === null || max === null) return null;
  return `${min} to ${max}${unit === null ? '' : ` ${unit}`}`;
}

/** The middle of the range, as exact as the range is told: of 4.3 to 7.9, 6.1 and not 6.1000000000000005. */
export function middleOf({ min, max }: FeatureField): string | null {
  if (min === null || max === null) return null;
  const places = Math.min(DECIMALS_MAX, Math.max(decimals(min), decimals(max)));
  const rounded = Number((min + (max - min) / 2).toFixed(places));
  // Where so many decimals are not enough, and where the difference is larger than any number.
  return String(Math.min(max, Math.max(min, rounded)));
}

/** More `toFixed` does not take. */
const DECIMALS_MAX = 100;

function decimals(value: number): number {
  const [digits = '', exponent = '0'] = String(value).split('e');
  return Math.max(0, (digits.split('.')[1]?.length ?? 0) - Number(exponent));
}

/**
 * The request's body: one row by name. What was left empty is left out, and what is no number is sent as it is, so that
 * the server says what is wrong with it and where.
 */
export function bodyOf(fields: readonly FeatureField[], values: FormValues): string {
  const entries = fields.flatMap(({ name }) => {
    const text = values[name]?.trim() ?? '';
    return text === '' ? [] : [`${JSON.stringify(name)}:${isJsonNumber(text) ? text : asNumberOrText(text)}`];
  });
  return `{"data":{${entries.join(',')}}}`;
}

function isJsonNumber(text: string): boolean {
  return /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/.test(text);
}

/** `.5` and `+1` are numbers to people, not to JSON. */
function asNumberOrText(text: string): string {
  const value = Number(text);
  return Number.isFinite(value) ? String(value) : JSON.stringify(text);
}
