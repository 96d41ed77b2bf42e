import { CHAMPION } from '../../../shared/model-registry/aliases';
import type { AliasMove, ModelRegistry } from '../../../shared/model-registry/model-registry';
import { PUBLISHED_AT } from '../../support/publications';

/** An empty registry of one model. The suite that opened it closes it and its other handles. */
export interface OpenedRegistry {
  readonly registry: ModelRegistry;
  /** Another handle on the same model. */
  reopen(): Promise<ModelRegistry>;
}

/** A rollback of the champion to version 1 by a person. */
export function move(changes: Partial<AliasMove>): AliasMove {
  return {
    alias: CHAMPION,
    version: 1,
    expectedRevision: 1,
    held: true,
    reason: 'rollback',
    actor: 'anna',
    at: PUBLISHED_AT,
    ...changes,
  };
}
