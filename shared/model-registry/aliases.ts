/** The alias of the version that serves. */
export const CHAMPION = 'champion';

/** This name follows every publish, so nobody can point it at a version. */
export const LATEST = 'latest';

/** This name means the newest version while it is not the champion, unless somebody made an alias of it. */
export const CHALLENGER = 'challenger';

/** Retention spares aliased versions, so the number of aliases bounds the registry. */
export const ALIASES_MAX = 1_000;

const ALIAS_NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;
const DIGITS = /^[0-9]+$/;

/** True for a valid name of an alias; a number would be mistaken for a version. */
export function isAliasName(name: string): boolean {
  return ALIAS_NAME.test(name) && !DIGITS.test(name) && name !== LATEST;
}
