import type { Registry } from 'prom-client';
import { type Answer, jsonAnswer, liveness, metricsAnswer } from '../../shared/http/answer';
import { type HttpServer, startHttpServer } from '../../shared/http/http-server';
import { problem, problemOf } from '../../shared/http/problem';
import { sendAnswer } from '../../shared/http/send-answer';

export interface HealthOptions {
  readonly host: string;
  readonly port: number;
  /** Whether the role can do its work; a standby trainer is ready. `detail` becomes part of the answer. */
  readonly isReady: () => { readonly ready: boolean; readonly detail: object };
  readonly metrics: Registry;
  /** The name of the port's setting, such as `ALDER_TRAINER_PORT`. */
  readonly settingName: string;
}

const CONNECTIONS_MAX = 64;
const PATHS = ['/livez', '/readyz', '/metrics'];

/** Serves liveness, readiness and metrics of a role that has no other routes. Throws `port-taken`. */
export function startHealth(options: HealthOptions): Promise<HttpServer> {
  return startHttpServer({
    host: options.host,
    port: options.port,
    portVariable: options.settingName,
    connectionsMax: CONNECTIONS_MAX,
    handle: (request, response) => {
      answerHealth(request.method ?? '', request.url ?? '', options)
        .catch(problemOf)
        .then((answer) => sendAnswer(request, response, answer));
    },
  });
}

async function answerHealth(method: string, path: string, options: HealthOptions): Promise<Answer> {
  if (!PATHS.includes(path)) return problem('not-found');
  if (method !== 'GET' && method !== 'HEAD')
    return problem('method-not-allowed', { headers: { allow: 'GET, HEAD' } });
  if (path === '/livez') return liveness();
  if (path === '/metrics') return metricsAnswer(options.metrics);
  const { ready, detail } = options.isReady();
  return jsonAnswer(ready ? 200 : 503, { ready, ...detail });
}
