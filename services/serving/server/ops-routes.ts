import type { Registry } from 'prom-client';
import { jsonAnswer, liveness, metricsAnswer } from '../../../shared/http/answer';
import { problem } from '../../../shared/http/problem';
import type { ModelSource } from '../models/choose-model';
import type { Route } from '../route/route';
import type { FellowWorkers } from '../workers/messages';

export interface ReadyNeeds extends ModelSource {
  readonly model: string;
  /** Null when this process serves alone. */
  readonly fellowWorkers: FellowWorkers | null;
}

export interface MetricsNeeds {
  readonly prometheus: () => Registry;
  readonly fellowWorkers: FellowWorkers | null;
}

export function livez(): Route {
  return () => liveness();
}

/**
 * GET /readyz: ready once a model is loaded in every process that shares the port. An absent registry does not make the
 * service unready; the answer shows the age of its newest state.
 */
export function readyz({ model, models, view, fellowWorkers }: ReadyNeeds): Route {
  return async () => {
    const version = models.champion?.version ?? null;
    const workers = fellowWorkers === null ? null : await readiness(fellowWorkers);
    const ready = version !== null && (workers === null || workers.ready === workers.wanted);
    const facts = {
      ready,
      model,
      version,
      stalenessMs: Math.round(view.stalenessMs()),
      ...(workers === null ? {} : { workers }),
    };
    return ready ? jsonAnswer(200, facts) : problem('model-not-loaded', { members: facts });
  };
}

async function readiness(workers: FellowWorkers): Promise<{ wanted: number; ready: number }> {
  const { workersWanted, versions } = await workers.report();
  return { wanted: workersWanted, ready: versions.filter((version) => version !== null).length };
}

/** GET /metrics: the metrics of all processes that share the port, whichever process answers. */
export function metrics({ prometheus, fellowWorkers }: MetricsNeeds): Route {
  return async () => {
    if (fellowWorkers === null) return metricsAnswer(prometheus());
    const { metrics } = await fellowWorkers.report();
    return { status: 200, headers: { 'content-type': prometheus().contentType }, body: metrics };
  };
}
