import { JsonScanner } from './scanner';
import type { ParseFault } from './tokens';

export type StrictJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly fault: ParseFault };

/**
 * Parses one JSON document by the rules that rows are read by: valid UTF-8 without a mark, at most 32 levels, no key
 * twice, none called `__proto__`. For small documents; rows have readers that make no objects.
 */
export function parseStrictJson(bytes: Uint8Array): StrictJson {
  const scanner = new JsonScanner();
  scanner.start(bytes, 0, bytes.length);
  if (!scanner.skipValue(0) || !scanner.finish())
    return { ok: false, fault: scanner.fault ?? 'invalid-json' };
  return { ok: true, value: JSON.parse(Buffer.from(bytes).toString('utf8')) as unknown };
}
