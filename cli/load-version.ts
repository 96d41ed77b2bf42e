import { AlderError } from '../shared/errors';
import { CHALLENGER, CHAMPION } from '../shared/model-registry/aliases';
import type { ModelRegistry, RegistryState } from '../shared/model-registry/model-registry';
import { aliasedVersion, readSelector } from '../shared/model-registry/resolve-version';

/**
 * The number of the version that a number or an alias names; whether that version is stored is not checked. Throws
 * `unknown-alias`, `model-not-loaded`.
 */
export async function resolveVersion(registry: ModelRegistry, versionOrAlias: string): Promise<number> {
  const state = await registry.loadState();
  if (state.newest === null) {
    throw new AlderError('model-not-loaded', `model ${registry.model} has no version yet`, {
      hint: 'start "alder up", or wait for the trainer',
    });
  }
  const selector = readSelector(versionOrAlias, state.aliases);
  if (selector?.kind === 'version') return selector.version;
  const version = selector === null ? null : aliasedVersion(state, selector.alias);
  if (version !== null) return version;
  throw new AlderError(
    'unknown-alias',
    `"${versionOrAlias}" is neither a version nor an alias of ${registry.model}`,
    { hint: aliasHint(state, versionOrAlias) },
  );
}

function aliasHint({ aliases }: RegistryState, given: string): string {
  if (given === CHALLENGER) return 'the newest version is the champion, so there is no challenger now';
  return `a number, latest, or one of: ${Object.keys(aliases).join(', ') || CHAMPION}`;
}

export function unknownVersion(registry: ModelRegistry, version: number): AlderError {
  return new AlderError('unknown-version', `model ${registry.model} has no version ${version}`, {
    hint: 'run "alder versions" for those that are stored',
    fields: { version },
  });
}
