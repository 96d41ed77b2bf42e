import express, {
  type Express,
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import { AlderError } from '../../shared/errors';
import { problem } from '../../shared/http/problem';
import { sendAnswer } from '../../shared/http/send-answer';
import { errorAnswer } from './error-answer';
import { livez, metrics, readyz, root } from './ops-routes';
import { CHAMPION_ROUTE, PINNED_ROUTE, serveChampion, servePinned } from './predict-routes';
import type { Route, ServingContext } from './serving-context';
import { train } from './train-route';
import { listVersions, showVersion } from './version-routes';

type Method = 'get' | 'post';

/** What the service is: its paths, and what answers each. How it is started stands in serving.ts. */
export function servingApp(context: ServingContext): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.enable('strict routing').enable('case sensitive routing');
  // Queries are read strictly by the routes themselves.
  app.set('query parser', false);
  app.use(counting(context), refuseBrokenPath);

  const route = (path: string, methods: readonly Method[], answer: Route) => {
    const here = app.route(path);
    for (const method of methods) here[method](answering(answer));
    here.all(refuseMethod(methods));
  };
  route('/', ['get'], root(context));
  route('/train_decision_tree', ['get', 'post'], train(context));
  route(CHAMPION_ROUTE, ['post'], serveChampion(context));
  route(PINNED_ROUTE, ['post'], servePinned(context));
  route('/models/:model/versions', ['get'], listVersions(context));
  route('/models/:model/versions/:version', ['get'], showVersion(context));
  route('/livez', ['get'], livez());
  route('/readyz', ['get'], readyz(context));
  route('/metrics', ['get'], metrics(context));

  app.use((request, response) => sendAnswer(request, response, problem('not-found')));
  app.use(answeringError(context));
  return app;
}

/** A rejected promise goes to the error handler, as Express 5 has it. */
function answering(route: Route): RequestHandler {
  return async (request, response) => {
    const answer = await route(request, response);
    if (answer !== null) sendAnswer(request, response, answer);
  };
}

function refuseMethod(methods: readonly Method[]): RequestHandler {
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
