import { setMaxListeners } from 'node:events';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import type { Registry } from 'prom-client';
import { BodyBudget } from '../../../shared/http/body-memory';
import { type HttpServer, startHttpServer } from '../../../shared/http/http-server';
import type { ModelRegistry } from '../../../shared/model-registry/model-registry';
import type { Clock } from '../../../shared/runtime/clock';
import type { Log } from '../../../shared/runtime/log';
import { AdminGate } from '../admin/admin-gate';
import { ServingMetrics } from '../metrics/serving-metrics';
import { CurrentHeaders } from '../models/answer-headers';
import { RegistryView } from '../models/registry-view';
import { ServedModels } from '../models/served-models';
import { VersionLoads } from '../models/version-loads';
import { fastPath } from '../predict/fast-path';
import { Shadow } from '../predict/shadow';
import { RefitRequests, WAITERS_MAX } from '../training/refit-requests';
import type { FellowWorkers, WorkerReport } from '../workers/messages';
import type { ServingParts } from './app';

export interface ServingOptions {
  readonly registry: ModelRegistry;
  readonly model: string;
  readonly host: string;
  readonly port: number;
  readonly leaseMs: number;
  readonly requestRowsMax: number;
  readonly requestBytesMax: number;
  readonly connectionsMax: number;
  readonly clock: Clock;
  readonly log: Log;
  /** The alias whose version predicts beside every prediction; '' for none. */
  readonly shadow?: string;
  /** The token that admin routes require; null: these routes exist on loopback alone. */
  readonly adminToken?: string | null;
  /** The folder of the built dashboard; beside the compiled service by default. */
  readonly pageFolder?: string;
  /** The processes that share the port, when there are several. */
  readonly fellowWorkers?: FellowWorkers;
}

export interface Serving {
  readonly url: string;
  readonly port: number;
  readonly models: ServedModels;
  /** The state of this process, for the primary. */
  report(): Promise<WorkerReport>;
  /** Takes no more requests and finishes open ones within 10 s. The caller closes the registry, which it opened. */
  stop(): Promise<void>;
}

const PAGE_FOLDER = join(__dirname, '../../dashboard');

/** The start waits this long for a first model, so that a restart rarely answers 503; it succeeds without one too. */
const FIRST_MODEL_MS_MAX = 1_000;

/** Starts to serve. Throws `port-taken`, or `setting-invalid` for a host that is not of this machine. */
export async function startServing(options: ServingOptions): Promise<Serving> {
  const { registry, clock, log, leaseMs } = options;
  const stopping = new AbortController();
  // Every waiter for a refit listens for the stop, and so does the dashboard. Node warns from eleven listeners on, which
  // here is no leak.
  setMaxListeners(WAITERS_MAX + 1, stopping.signal);
  const view = new RegistryView(registry, clock, log);
  const metrics = new ServingMetrics(() => view.stalenessMs());
  const prometheus = prometheusOnDemand(metrics);
  const loads = new VersionLoads(registry, view, options.requestRowsMax);
  const models = new ServedModels({ registry, view, loads, metrics, log });
  const shadow = new Shadow(options.shadow ?? '', view, models, metrics.shadow);
  const parts: ServingParts = {
    registry,
    model: options.model,
    view,
    loads,
    models,
    refits: new RefitRequests({ registry, view, clock, leaseMs }),
    metrics,
    prometheus,
    shadow,
    currentHeaders: new CurrentHeaders(),
    log,
    clock,
    admins: new AdminGate(options.adminToken ?? null, options.host),
    requestRowsMax: options.requestRowsMax,
    requestBytesMax: options.requestBytesMax,
    bodies: new BodyBudget(options.requestBytesMax),
    leaseMs,
    pageFolder: options.pageFolder ?? PAGE_FOLDER,
    connectionsMax: options.connectionsMax,
    stopping: stopping.signal,
    fellowWorkers: options.fellowWorkers ?? null,
  };
  if (!parts.admins.isOpen) {
    const why = `admin routes are off: ${options.host} is no loopback address and there is no admin token`;
    log.warn('admin-off', why);
  }
  view.start();
  await firstModel(view, models, clock);

  let server: HttpServer;
  try {
    server = await startHttpServer({
      host: options.host,
      port: options.port,
      portVariable: 'PORT',
      connectionsMax: options.connectionsMax,
      handle: expressPath(parts),
      refused: (status) => metrics.requests.of('refused').count(status),
      fastPath: fastPath(parts),
    });
  } catch (error) {
    await view.stop();
    throw error;
  }
  return {
    url: server.url,
    port: server.port,
    models,
    report: async () => ({
      version: models.champion?.version ?? null,
      metrics: await prometheus().getMetricsAsJSON(),
      shadow: metrics.shadow.pairs,
    }),
    stop: async () => {
      stopping.abort();
      await server.stop();
      await view.stop();
    },
  };
}

/** prom-client takes a tenth of a start and no answer needs it, so the first scrape loads it. */
function prometheusOnDemand(metrics: ServingMetrics): () => Registry {
  let registry: Registry | null = null;
  return () => {
    registry ??= (require('../metrics/prometheus') as typeof import('../metrics/prometheus')).prometheusOf(
      metrics,
    );
    return registry;
  };
}

/** Express takes a third of a start and most predictions do not need it, so the first other request loads it. */
function expressPath(parts: ServingParts): RequestListener {
  let app: RequestListener | null = null;
  return (request, response) => {
    app ??= (require('./app') as typeof import('./app')).servingApp(parts);
    app(request, response);
  };
}

async function firstModel(view: RegistryView, models: ServedModels, clock: Clock): Promise<void> {
  const seen = new AbortController();
  const unsubscribe = view.onState(() => void models.settled().then(() => seen.abort()));
  await clock.sleep(FIRST_MODEL_MS_MAX, seen.signal);
  unsubscribe();
}
