import { CHALLENGER, CHAMPION, LATEST } from '../../../shared/model-registry/aliases';
import type { RegistryState } from '../../../shared/model-registry/model-registry';

/**
 * The version that a name stands for: an alias of the registry's; `latest`, the newest version; or `challenger`, which
 * is the newest version as long as that is not the champion and nobody has pointed the name elsewhere. Undefined where
 * it stands for nothing. An own property and nothing inherited: `constructor` is no alias.
 */
export function aliasedVersion(state: RegistryState, name: string): number | undefined {
  const { aliases, newest } = state;
  if (Object.hasOwn(aliases, name)) return aliases[name]!.version;
  if (name === LATEST) return newest?.version;
  if (name === CHALLENGER && newest?.version !== aliases[CHAMPION]?.version) return newest?.version;
  return undefined;
}
