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
import { listAliases, putAlias, release, rollback, showAlias } from '../admin/alias-routes';
import {
  describeModel,
  describeServer,
  infer,
  inferenceLive,
  inferenceReady,
  modelReady,
} from '../open-inference/routes';
import { showDocs, showOpenApi } from '../openapi/routes';
import { followEvents } from '../page/events-route';
import { showPageFile } from '../page/page-routes';
import { serveChampion, servePinned } from '../predict/predict-routes';
import { showShadow } from '../predict/shadow-route';
import { train } from '../training/train-route';
import { showJournal } from '../versions/journal-route';
import { listModels, showModel } from '../versions/model-routes';
import { showTree } from '../versions/tree-route';
import { listVersions, showVersion } from '../versions/version-routes';
import { errorAnswer } from './error-answer';
import { livez, metrics, readyz, root } from './ops-routes';
import { readQuery } from './query';
import type { Route, RouteOf, ServingContext } from './serving-context';

/** What answers each operation. How it is started stands in serving.ts, what it takes in shared/api/operations.ts. */
function routesOf(context: ServingContext): { readonly [Id in OperationId]: RouteOf<Id> } {
  return {
    root: root(context),
    followEvents: followEvents(context),
    showPageFile: showPageFile(context),
    train: train(context),
    serveChampion: serveChampion(context),
    servePinned: servePinned(context),
    listModels: listModels(context),
    showModel: showModel(context),
    listVersions: listVersions(context),
    showVersion: showVersion(context),
    showTree: showTree(context),
    listAliases: listAliases(context),
    showAlias: showAlias(context),
    putAlias: putAlias(context),
    rollback: rollback(context),
    release: release(context),
    showJournal: showJournal(context),
    showShadow: showShadow(context),
    inferenceServer: describeServer(),
    inferenceLive: inferenceLive(),
    inferenceReady: inferenceReady(context),
    inferenceModel: describeModel(context),
    inferenceVersion: describeModel(context),
    inferenceModelReady: modelReady(context),
    inferenceVersionReady: modelReady(context),
    infer: infer(context),
    inferPinned: infer(context),
    showOpenApi: showOpenApi(),
    showDocs: showDocs(),
    livez: livez(),
    readyz: readyz(context),
    metrics: metrics(context),
  };
}

export function servingApp(context: ServingContext): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.enable('strict routing').enable('case sensitive routing');
  // Queries are read strictly, by the schema of each operation.
  app.set('query parser', false);
  app.use(counting(context), refuseBrokenPath);

  const routes = routesOf(context);
  const byPath = new Map<string, (readonly [Operation, Route<never>])[]>();
  for (const [id, operation] of Object.entries(OPERATIONS) as [OperationId, Operation][]) {
    if (operation.isAdmin && !context.admins.isOpen) continue;
    const path = routePath(operation.path);
    byPath.set(path, [...(byPath.get(path) ?? []), [operation, routes[id]]]);
  }
  for (const [path, operations] of byPath) {
    const here = app.route(path);
    for (const [operation, route] of operations)
      for (const method of operation.methods) here[method](answering(context, operation, route));
    here.all(refuseMethod(operations.flatMap(([{ methods }]) => methods)));
  }

  app.use((request, response) => sendAnswer(request, response, problem('not-found')));
  app.use(answeringError(context));
  return app;
}

/** A rejected promise goes to the error handler, as Express 5 has it. */
function answering(
  { admins }: ServingContext,
  { query, isAdmin }: Operation,
  route: Route<never>,
): RequestHandler {
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

/** Express decodes only the parts of a path that a route names; here every path is held to the same rule. */
function refuseBrokenPath(request: Request, _response: Response, next: NextFunction): void {
  try {
    decodeURIComponent(request.path);
  } catch (cause) {
    throw new AlderError('invalid-path', 'the path has a broken percent-encoding', { cause });
  }
  next();
}

/** Counts by route template, never by path: ten thousand made-up names are one label. */
function counting({ metrics }: ServingContext): RequestHandler {
  return (request, response, next) => {
    const begunMs = performance.now();
    response.once('finish', () => {
      const route = (request.route as { readonly path: string } | undefined)?.path ?? 'unmatched';
      const tally = metrics.requests.of(route);
      tally.count(response.statusCode);
      tally.time((performance.now() - begunMs) / 1_000);
    });
    next();
  };
}

/** The one error handler. Four parameters, since that is how Express knows it. */
function answeringError({ log }: ServingContext) {
  return (error: unknown, request: Request, response: Response, _next: NextFunction): void =>
    sendAnswer(request, response, errorAnswer(error, log));
}
