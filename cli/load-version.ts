import { AlderError } from '../shared/errors';
import { CHAMPION } from '../shared/model-registry/aliases';
import type { ModelRegistry } from '../shared/model-registry/model-registry';

const VERSION = /^[1-9][0-9]{0,14}$/;

/**
 * The number that a version or alias stands for. Throws `unknown-version`, `unknown-alias`, `model-not-loaded`.
 */
export async function resolveVersion(registry: ModelRegistry, versionOrAlias: string): Promise<number> {
  const state = await registry.loadState();
  if (state.newest === null) {
    throw new AlderError('model-not-loaded', `model ${registry.model} has no version yet`, {
      hint: 'start "alder up", or wait for the trainer',
    });
  }
  if (VERSION.test(versionOrAlias)) return Number(versionOrAlias);
  if (versionOrAlias === 'latest') return state.newest.version;
  const alias = state.aliases[versionOrAlias];
  if (alias !== undefined) return alias.version;
  throw new AlderError(
    'unknown-alias',
    `"${versionOrAlias}" is neither a version nor an alias of ${registry.model}`,
    {
      hint: `a number, latest, or one of: ${Object.keys(state.aliases).join(', ') || CHAMPION}`,
    },
  );
}

export function unknownVersion(registry: ModelRegistry, version: number): AlderError {
  return new AlderError('unknown-version', `model ${registry.model} has no version ${version}`, {
    hint: 'run "alder versions" for those that are stored',
  });
}
