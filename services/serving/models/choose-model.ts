import { AlderError } from '../../../shared/errors';
import { CHAMPION, LATEST } from '../../../shared/model-registry/aliases';

import type { ServingContext } from '../server/serving-context';
import { aliasedVersion } from './alias-version';
import { readSelector, type Selector } from './selector';
import type { ServedModel } from './served-model';

/** Throws `model-not-loaded` before the first version. */
export function champion({ models }: ServingContext): ServedModel {
  if (models.champion === null) throw new AlderError('model-not-loaded', 'no version is loaded yet');
  return models.champion;
}

/** Reads the last part of a path; throws as `readSelector` does. */
export function selectorOf({ view: { state } }: ServingContext, text: string): Selector {
  return readSelector(text, (name) => state !== null && Object.hasOwn(state.aliases, name));
}

/**
 * The version that a selector names. The champion alias is what this process serves as the champion, so both ways of
 * asking agree at any moment. Throws `model-not-loaded`, `unknown-alias`, `registry-unavailable`, and as VersionLoads
 * does.
 */
export function selected(context: ServingContext, selector: Selector): ServedModel | Promise<ServedModel> {
  if (selector.kind === 'version') return context.models.pinned(selector.version);
  if (selector.alias === CHAMPION) return champion(context);
  const { state } = context.view;
  if (state === null) throw new AlderError('registry-unavailable', 'the registry was never seen');
  const version = aliasedVersion(state, selector.alias);
  if (version !== undefined) return context.models.pinned(version);
  if (selector.alias === LATEST) throw new AlderError('model-not-loaded', 'there is no version yet');
  throw new AlderError('unknown-alias', 'there is no such alias');
}
