import { CHALLENGER, CHAMPION, isAliasName, LATEST } from './aliases';
import type { RegistryState } from './model-registry';

/** The way in which a client names a version: by its number, or by an alias that points at one. */
export type VersionSelector =
  | { readonly kind: 'version'; readonly version: number }
  | { readonly kind: 'alias'; readonly alias: string };

/** At most 15 digits, so every number is exact in a double and no two texts give the same number. */
const VERSION = /^[1-9][0-9]{0,14}$/;

/** The number that the text spells; null for text that cannot be a version. */
export function versionNumber(text: string): number | null {
  return VERSION.test(text) ? Number(text) : null;
}

/**
 * Reads the text without a look-up of its version; null when it is neither a number nor a possible alias. A name that
 * begins with a digit is an alias only when `aliases` has it, because otherwise it is a misspelt number.
 */
export function readSelector(text: string, aliases: RegistryState['aliases']): VersionSelector | null {
  const version = versionNumber(text);
  if (version !== null) return { kind: 'version', version };
  if (text !== LATEST && !isAliasName(text)) return null;
  return /^[a-z]/.test(text) || Object.hasOwn(aliases, text) ? { kind: 'alias', alias: text } : null;
}

/**
 * The version that an alias points at; null where it points at none. `latest` is the newest version. `challenger` is the
 * newest version while that is not the champion, unless somebody has pointed the name at another version. Only own
 * properties count: `constructor` is no alias.
 */
export function aliasedVersion({ aliases, newest }: RegistryState, alias: string): number | null {
  if (Object.hasOwn(aliases, alias)) return aliases[alias]!.version;
  if (newest === null) return null;
  if (alias === LATEST) return newest.version;
  if (alias === CHALLENGER && newest.version !== aliases[CHAMPION]?.version) return newest.version;
  return null;
}
