/** A field of the form: a feature, its unit, and the range of its values so far. */
export interface FeatureField {
  readonly name: string;
  readonly unit: string | null;
  readonly min: number | null;
  readonly max: number | null;
}

/** Feature → the text that was typed. */
export type FormValues = Readonly<Record<string, string>>;

/** The features that the trainer reported, else the model's feature names alone; null when neither is known. */
export function fieldsOf(
  features: readonly FeatureField[],
  featureNames: readonly string[] | null,
): readonly FeatureField[] | null {
  if (features.length > 0) return features;
  return featureNames?.map((name) => ({ name, unit: null, min: null, max: null })) ?? null;
}

/** The range with its unit, `4.3 to 7.9 cm`; null while it is not known. */
export function rangeText({ unit, min, max }: FeatureField): string | null {
  if (min === null || max === null) return null;
  return `${min} to ${max}${unit === null ? '' : ` ${unit}`}`;
}

/** The middle of the range with the decimals of its bounds: 6.1 for 4.3 to 7.9, not 6.1000000000000005. */
export function middleOf({ min, max }: FeatureField): string | null {
  if (min === null || max === null) return null;
  const places = Math.min(DECIMALS_MAX, Math.max(decimals(min), decimals(max)));
  const rounded = Number((min + (max - min) / 2).toFixed(places));
  // Rounding may leave the range when DECIMALS_MAX is too few, and max - min may overflow to Infinity.
  return String(Math.min(max, Math.max(min, rounded)));
}

/** The largest argument that `toFixed` accepts. */
const DECIMALS_MAX = 100;

function decimals(value: number): number {
  const [digits = '', exponent = '0'] = String(value).split('e');
  return Math.max(0, (digits.split('.')[1]?.length ?? 0) - Number(exponent));
}

/**
 * The request's body: one row by name, without the empty fields. A text that is not a number is sent as it is, so the
 * server reports the error and its field.
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

/** People write `.5` and `+1` for numbers; JSON does not allow either. */
function asNumberOrText(text: string): string {
  const value = Number(text);
  return Number.isFinite(value) ? String(value) : JSON.stringify(text);
}
