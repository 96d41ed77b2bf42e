import express, {
  type Express,
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import { type Operation, routePath } from '../../../shared/api/operation';
import { OPERATIONS, type OperationId } from '../../../shared/api/operations';
import { AlderError } from '../../../shared/errors';
import { problem } from '../../../shared/http/problem';
import { sendAnswer } from '../../../shared/http/send-answer';
import type { Log } from '../../../shared/runtime/log';
import type { AdminGate } from '../admin/admin-gate';
import {
  type AliasChangeNeeds,
  listAliases,
  putAlias,
  release,
  rollback,
  showAlias,
} from '../admin/alias-routes';
import type { ServingMetrics } from '../metrics/serving-metrics';
import {
  describeModel,
  describeServer,
  type InferenceModelNeeds,
  type InferNeeds,
  infer,
  inferenceLive,
  inferenceReady,
  modelReady,
} from '../open-inference/inference-routes';
import { showDocs, showOpenApi } from '../openapi/docs-routes';
import { type EventsNeeds, followEvents } from '../page/events-route';
import { PageFiles } from '../page/page-files';
import { showPageFile } from '../page/page-routes';
import { root } from '../page/root-route';
import {
  type PredictNeeds,
  type ShadowNeeds,
  serveChampion,
  servePinned,
  showShadow,
} from '../predict/predict-routes';
import { readQuery } from '../route/read-request';
import { errorAnswer, type Route, type RouteOf } from '../route/route';
import { type TrainNeeds, train } from '../training/train-route';
import {
  listModels,
  listVersions,
  type ModelNeeds,
  showJournal,
  showModel,
  showTree,
  showVersion,
  type TreeNeeds,
} from '../versions/version-routes';
import { livez, type MetricsNeeds, metrics, type ReadyNeeds, readyz } from './ops-routes';

/** The parts of the service from which all routes answer. Each route is handed the few members that it declares. */
export interface ServingParts
  extends AliasChangeNeeds,
    EventsNeeds,
    InferenceModelNeeds,
    InferNeeds,
    MetricsNeeds,
    ModelNeeds,
    PredictNeeds,
    ReadyNeeds,
    ShadowNeeds,
    TrainNeeds,
    TreeNeeds {
  readonly metrics: ServingMetrics;
  readonly admins: AdminGate;
  /** The folder of the built dashboard; without one, `GET /` answers a small page. */
  readonly pageFolder: string;
}

/**
 * The route of each operation. A new route begins in shared/api/operations.ts, which says its path, its query and its
 * answers; this table says the function that answers. serving.ts starts the service.
 */
function routesOf(parts: ServingParts): { readonly [Id in OperationId]: RouteOf<Id> } {
  const pageFiles = new PageFiles(parts.pageFolder);
  return {
    root: root({ ...parts, pageFiles }),
    followEvents: followEvents(parts),
    showPageFile: showPageFile({ pageFiles }),
    train: train(parts),
    serveChampion: serveChampion(parts),
    servePinned: servePinned(parts),
    listModels: listModels(parts),
    showModel: showModel(parts),
    listVersions: listVersions(parts),
    showVersion: showVersion(parts),
    showTree: showTree(parts),
    listAliases: listAliases(parts),
    showAlias: showAlias(parts),
    putAlias: putAlias(parts),
    rollback: rollback(parts),
    release: release(parts),
    showJournal: showJournal(parts),
    showShadow: showShadow(parts),
    inferenceServer: describeServer(),
    inferenceLive: inferenceLive(),
    inferenceReady: inferenceReady(parts),
    inferenceModel: describeModel(parts),
    inferenceVersion: describeModel(parts),
    inferenceModelReady: modelReady(parts),
    inferenceVersionReady: modelReady(parts),
    infer: infer(parts),
    inferPinned: infer(parts),
    showOpenApi: showOpenApi(),
    showDocs: showDocs(),
    livez: livez(),
    readyz: readyz(parts),
    metrics: metrics(parts),
  };
}

export function servingApp(parts: ServingParts): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.enable('strict routing').enable('case sensitive routing');
  // The schema of each operation reads the query.
  app.set('query parser', false);
  app.use(counting(parts.metrics), refuseBrokenPath);

  const routes = routesOf(parts);
  const byPath = new Map<string, (readonly [Operation, Route<never>])[]>();
  for (const [id, operation] of Object.entries(OPERATIONS) as [OperationId, Operation][]) {
    if (operation.isAdmin && !parts.admins.isOpen) continue;
    const path = routePath(operation.path);
    byPath.set(path, [...(byPath.get(path) ?? []), [operation, routes[id]]]);
  }
  for (const [path, operations] of byPath) {
    const here = app.route(path);
    for (const [operation, route] of operations)
      for (const method of operation.methods) here[method](answering(parts.admins, operation, route));
    here.all(refuseMethod(operations.flatMap(([{ methods }]) => methods)));
  }

  app.use((request, response) => sendAnswer(request, response, problem('not-found')));
  app.use(answeringError(parts.log));
  return app;
}

/** Express 5 passes a rejected promise to the error handler. */
function answering(admins: AdminGate, { query, isAdmin }: Operation, route: Route<never>): RequestHandler {
  return async (request, response) => {
    if (isAdmin) admins.refuseStrangers(request);
    const answer = await route(request, response, readQuery(request.originalUrl, query) as never);
    if (answer !== null) sendAnswer(request, response, answer);
  };
}

function refuseMethod(methods: readonly Operation['methods'][number][]): RequestHandler {
  const allow = methods
    .flatMap((method) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]))
    .join(', ');
  return (request, response) =>
    sendAnswer(request, response, problem('method-not-allowed', { headers: { allow } }));
}

/** Express decodes only the parts of a path that a route names; this check covers every path. */
function refuseBrokenPath(request: Request, _response: Response, next: NextFunction): void {
  try {
    decodeURIComponent(request.path);
  } catch (cause) {
    throw new AlderError('invalid-path', 'the path has a broken percent-encoding', { cause });
  }
  next();
}

/** Counts by route template and never by path, so ten thousand made-up paths are one label. */
function counting({ requests }: ServingMetrics): RequestHandler {
  return (request, response, next) => {
    const begunMs = performance.now();
    response.once('finish', () => {
      const route = (request.route as { readonly path: string } | undefined)?.path ?? 'unmatched';
      const tally = requests.of(route);
      tally.count(response.statusCode);
      tally.time((performance.now() - begunMs) / 1_000);
    });
    next();
  };
}

/** The one error handler. Express recognizes it by its four parameters. */
function answeringError(log: Log) {
  return (error: unknown, request: Request, response: Response, _next: NextFunction): void =>
    sendAnswer(request, response, errorAnswer(error, log));
}
