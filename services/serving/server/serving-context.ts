import type { Request, Response } from 'express';
import type { Registry } from 'prom-client';
import type { z } from 'zod';
import type { OPERATIONS, OperationId } from '../../../shared/api/operations';
import { AlderError } from '../../../shared/errors';
import type { Answer } from '../../../shared/http/answer';
import type { BodyBudget } from '../../../shared/http/body-memory';
import type { ModelRegistry } from '../../../shared/model-registry/model-registry';
import type { Clock } from '../../../shared/runtime/clock';
import type { Log } from '../../../shared/runtime/log';
import type { AdminGate } from '../admin/admin-gate';
import type { ServingMetrics } from '../metrics/serving-metrics';
import type { CurrentHeaders } from '../models/answer-headers';
import type { RegistryView } from '../models/registry-view';
import type { ServedModels } from '../models/served-models';
import type { VersionLoads } from '../models/version-loads';
import type { Shadow } from '../predict/shadow';
import type { RefitDesk } from '../training/refit-desk';
import type { FellowWorkers } from '../workers/messages';

/** What the routes answer from. */
export interface ServingContext {
  readonly registry: ModelRegistry;
  /** The one model that is served here. */
  readonly model: string;
  readonly view: RegistryView;
  readonly loads: VersionLoads;
  readonly models: ServedModels;
  readonly refits: RefitDesk;
  readonly metrics: ServingMetrics;
  readonly prometheus: () => Registry;
  readonly shadow: Shadow;
  readonly currentHeaders: CurrentHeaders;
  readonly log: Log;
  readonly clock: Clock;
  readonly admins: AdminGate;
  readonly requestRowsMax: number;
  readonly requestBytesMax: number;
  readonly bodies: BodyBudget;
  /** Silence of the lease after which no trainer is taken to be alive. */
  readonly leaseMs: number;
  /** Where the built dashboard lies; a folder without one leaves a small page in its place. */
  readonly pageFolder: string;
  /** How many pages may follow the events of this process at once. */
  readonly pagesMax: number;
  /** Aborts when the service stops, so that nobody is kept waiting. */
  readonly stopping: AbortSignal;
  /** Further facts for /readyz. */
  readonly extraHealth: () => object;
  /** The processes that share the port with this one, itself among them; null when it serves alone. */
  readonly fellowWorkers: FellowWorkers | null;
}

/** Gives the answer, or null when the client went away and there is nobody to answer. Throws AlderError. */
export type Route<Query = object> = (
  request: Request,
  response: Response,
  query: Query,
) => Promise<AnyAnswer | null> | AnyAnswer | null;

type AnyAnswer = Answer<string | Uint8Array>;

/** What answers one operation: it gets the query as the operation's schema reads it. */
export type RouteOf<Id extends OperationId> = Route<z.output<(typeof OPERATIONS)[Id]['query']>>;

/** Throws `unknown-model` for every name but the one served: nothing is looked up for a name from outside. */
export function refuseOtherModels(context: ServingContext, request: Request): void {
  if (request.params.model !== context.model)
    throw new AlderError('unknown-model', 'another model was asked for');
}
