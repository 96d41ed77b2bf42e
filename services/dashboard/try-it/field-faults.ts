/** Codes that the form can bring about, in words that fit below a field. */
const WORDS: Readonly<Record<string, string>> = {
  'missing-feature': 'a value is missing here',
  'feature-type': 'this is not a number',
  'non-finite': 'this number is too large',
  'unknown-feature': 'this version does not know the feature',
};

export interface FieldFault {
  readonly field: string;
  readonly words: string;
}

/** The field that a JSON pointer (RFC 6901) such as `/data/petal_length` names; null for a fault of the whole body. */
export function faultOfField(fault: { readonly pointer: string; readonly code: string }): FieldFault | null {
  const [, first, field, ...more] = fault.pointer.split('/');
  if (first !== 'data' || field === undefined || more.length > 0) return null;
  const name = field.replaceAll('~1', '/').replaceAll('~0', '~');
  return { field: name, words: WORDS[fault.code] ?? fault.code };
}
