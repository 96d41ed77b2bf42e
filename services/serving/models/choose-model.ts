import { AlderError } from '../../../shared/errors';
import { CHAMPION, LATEST } from '../../../shared/model-registry/aliases';
import {
  aliasedVersion,
  readSelector,
  type VersionSelector,
  versionNumber,
} from '../../../shared/model-registry/resolve-version';
import type { RegistryView } from './registry-view';
import type { ServedModel } from './served-model';
import type { ServedModels } from './served-models';

/** The models that a route chooses from. */
export interface ModelSource {
  readonly models: ServedModels;
  readonly view: RegistryView;
}

/** Throws `model-not-loaded` before the first version. */
export function champion({ models }: Pick<ModelSource, 'models'>): ServedModel {
  if (models.champion === null) throw new AlderError('model-not-loaded', 'no version is loaded yet');
  return models.champion;
}

/** Reads the version that a path names. Throws `unknown-version` for text that is no number, before any look-up. */
export function readVersion(text: string): number {
  const version = versionNumber(text);
  if (version === null) throw unreadable();
  return version;
}

/** Reads the version or alias that a path names. Throws `unknown-version` for text that can be neither. */
export function selectorOf({ view: { state } }: ModelSource, text: string): VersionSelector {
  const selector = readSelector(text, state?.aliases ?? {});
  if (selector === null) throw unreadable();
  return selector;
}

/**
 * The version that a selector names. The alias `champion` gives the champion that this process serves, so both routes
 * to the champion agree at any moment. Throws `model-not-loaded`, `unknown-alias`, `registry-unavailable`, and as
 * VersionLoads does.
 */
export function selected(source: ModelSource, selector: VersionSelector): ServedModel | Promise<ServedModel> {
  const { models, view } = source;
  if (selector.kind === 'version') return models.pinned(selector.version);
  if (selector.alias === CHAMPION) return champion(source);
  if (view.state === null) throw new AlderError('registry-unavailable', 'the registry was never seen');
  const version = aliasedVersion(view.state, selector.alias);
  if (version !== null) return models.pinned(version);
  if (selector.alias === LATEST) throw new AlderError('model-not-loaded', 'there is no version yet');
  throw new AlderError('unknown-alias', 'there is no such alias');
}

function unreadable(): AlderError {
  return new AlderError('unknown-version', 'this cannot be a version');
}
