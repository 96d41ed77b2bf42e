import { AlderError } from '../../../shared/errors';

/** What the last part of a path chooses: a version by its number, or an alias that points at one. */
export type Selector =
  | { readonly kind: 'version'; readonly version: number }
  | { readonly kind: 'alias'; readonly alias: string };

/** At most 15 digits, so every number is exact in a double and none can round to another's. */
const VERSION = /^[1-9][0-9]{0,14}$/;
const NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** Reads a version's number. Throws `unknown-version` for everything else, before anything is looked up. */
export function readVersion(text: string): number {
  if (!VERSION.test(text)) throw new AlderError('unknown-version', 'this cannot be a version');
  return Number(text);
}

/**
 * Throws `unknown-version` for what neither is a version nor could be an alias. What begins with a digit could be
 * both; it is taken for an alias only if there is one, else it was meant as a number.
 */
export function readSelector(text: string, isAlias: (name: string) => boolean): Selector {
  const couldBeAlias = NAME.test(text) && !VERSION.test(text);
  if (couldBeAlias && (/^[a-z]/.test(text) || isAlias(text))) return { kind: 'alias', alias: text };
  return { kind: 'version', version: readVersion(text) };
}
