import type { ServerResponse } from 'node:http';
import type { Answer } from '../../../shared/http/answer';
import type { FastAnswer } from '../../../shared/http/http-server';
import { problem } from '../../../shared/http/problem';
import { type BodyReader, isPlainJson, KnownLengthBody } from '../../../shared/http/read-body';
import { sendAnswer, sendWithCachedHead } from '../../../shared/http/send-answer';
import type { ServerRequest } from '../../../shared/http/server-request';
import type { Log } from '../../../shared/runtime/log';
import type { RouteTally } from '../metrics/serving-metrics';
import { champion, selected, selectorOf } from '../models/choose-model';
import type { ServedModel } from '../models/served-model';
import { errorAnswer } from '../route/route';
import { CHAMPION_ROUTE, countedAnswer, PINNED_ROUTE, type PredictNeeds } from './predict-routes';

export interface FastPathNeeds extends PredictNeeds {
  readonly log: Log;
}

/** No query, no escape and no further slash: every other path is left to the router. */
const PINNED_PATH = /^\/models\/serve\/([a-z0-9_-]+)\/([a-z0-9_-]+)$/;

/** The route that a request on the fast path belongs to. */
interface Destination {
  /** Counts the answers of the route. */
  readonly tally: RouteTally;
  /** Chooses the version, once the body is here; throws as `selected` does. */
  readonly choose: () => ServedModel | Promise<ServedModel>;
}

/**
 * Carries predictions past Express. A plain prediction request goes from the bytes of its body to the same answer,
 * mostly within the one call in which the parser read it. Every unusual request is left to Express: so all refusals are
 * made in one place, and the fast path admits nothing that Express would refuse.
 */
export function fastPath(needs: FastPathNeeds) {
  const toChampion: Destination = {
    tally: needs.metrics.requests.of(CHAMPION_ROUTE),
    choose: () => champion(needs),
  };
  return (
    request: ServerRequest,
    response: ServerResponse,
    onChange: (request: ServerRequest) => void,
  ): FastPrediction | null => {
    if (request.method !== 'POST') return null;
    const byteLength = plainLength(request, needs.requestBytesMax);
    if (byteLength === 0) return null;
    const { url } = request;
    const destination = url === CHAMPION_ROUTE ? toChampion : pinnedDestination(needs, url ?? '');
    if (destination === null) return null;
    return new FastPrediction(needs, destination, request, response, byteLength, onChange);
  };
}

/** The length of a JSON body that `readBody` would accept by its header; 0 for every other body. */
function plainLength({ headers }: ServerRequest, bytesMax: number): number {
  if (headers['transfer-encoding'] !== undefined || headers['content-encoding'] !== undefined) return 0;
  const byteLength = Number(headers['content-length'] ?? 0);
  return byteLength <= bytesMax && isPlainJson(headers['content-type']) ? byteLength : 0;
}

function pinnedDestination(needs: FastPathNeeds, path: string): Destination | null {
  const [, model, text] = PINNED_PATH.exec(path) ?? [];
  if (text === undefined || model !== needs.model) return null;
  try {
    const selector = selectorOf(needs, text);
    return {
      tally: needs.metrics.requests.of(PINNED_ROUTE),
      choose: () => selected(needs, selector),
    };
  } catch {
    // Express meets the same fault, and refuses it before it reads a body.
    return null;
  }
}

/** One prediction on the fast path, from the first byte of its body to the end of its answer. */
class FastPrediction implements FastAnswer, BodyReader {
  private readonly begunMs = performance.now();
  private readonly body: KnownLengthBody;

  /** `onChange` is called when the request is complete, and when its answer was handed over. */
  constructor(
    private readonly needs: FastPathNeeds,
    private readonly destination: Destination,
    private readonly request: ServerRequest,
    private readonly response: ServerResponse,
    byteLength: number,
    private readonly onChange: (request: ServerRequest) => void,
  ) {
    this.body = new KnownLengthBody(byteLength, needs.bodies, this);
    request.takeBody(this.body);
  }

  complete(bytes: Uint8Array): void {
    this.onChange(this.request);
    try {
      const model = this.destination.choose();
      if (model instanceof Promise) {
        model.then((loaded) => this.answer(bytes, loaded)).catch((error) => this.fail(error));
      } else {
        this.answer(bytes, model);
      }
    } catch (error) {
      this.fail(error);
    }
  }

  /** Discards the rest of the body and refuses the request without waiting for it. */
  givenUp(): void {
    this.request.leaveBody();
    this.send(problem('too-many-waiters'));
  }

  closed(): void {
    this.body.release();
    // A client that went away before the end of its answer was not answered.
    if (!this.response.writableFinished) return;
    const { tally } = this.destination;
    tally.count(this.response.statusCode);
    tally.time((performance.now() - this.begunMs) / 1_000);
  }

  private answer(bytes: Uint8Array, model: ServedModel): void {
    const onRows = this.needs.shadow.observer(model);
    const extras = onRows === undefined ? null : { explains: false, onRows };
    this.send(countedAnswer(this.needs, bytes, model, extras));
  }

  private fail(error: unknown): void {
    this.send(errorAnswer(error, this.needs.log));
  }

  private send(answer: Answer): void {
    const { request, response } = this;
    if (answer.status !== 200) sendAnswer(request, response, answer);
    else if (!response.destroyed && !response.headersSent) sendWithCachedHead(response, answer);
    this.onChange(request);
  }
}
