import type { ServerResponse } from 'node:http';
import type { Answer } from '../../../shared/http/answer';
import type { FastAnswer } from '../../../shared/http/http-server';
import { problem } from '../../../shared/http/problem';
import { type BodyReader, KnownLengthBody } from '../../../shared/http/read-body';
import { sendAnswer, sendWithCachedHead } from '../../../shared/http/send-answer';
import type { ServerRequest } from '../../../shared/http/server-request';
import type { RouteTally } from '../metrics/serving-metrics';
import type { ServedModel } from '../models/served-model';
import { errorAnswer } from '../server/error-answer';
import type { ServingContext } from '../server/serving-context';
import { countedAnswer } from './predict-routes';

/** Where a short way leads. */
export interface Destination {
  /** Under which its answers count. */
  readonly tally: RouteTally;
  /** Which version answers, asked when the body is here; throws as `selected` does. */
  readonly choose: () => ServedModel | Promise<ServedModel>;
}

/** One prediction on the short way, from the first byte of its body to the end of its answer. */
export class ShortPrediction implements FastAnswer, BodyReader {
  private readonly begunMs = performance.now();
  private readonly body: KnownLengthBody;

  /** `onChange` is called when the request is here whole, and when its answer was handed over. */
  constructor(
    private readonly context: ServingContext,
    private readonly destination: Destination,
    private readonly request: ServerRequest,
    private readonly response: ServerResponse,
    byteLength: number,
    private readonly onChange: (request: ServerRequest) => void,
  ) {
    this.body = new KnownLengthBody(byteLength, context.bodies, this);
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

  /** What still comes of the body is thrown away, and the answer says so without waiting for it. */
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
    const onRows = this.context.shadow.observer(model);
    const extras = onRows === undefined ? null : { explains: false, onRows };
    this.send(countedAnswer(this.context, bytes, model, extras));
  }

  private fail(error: unknown): void {
    this.send(errorAnswer(error, this.context.log));
  }

  private send(answer: Answer): void {
    const { request, response } = this;
    if (answer.status !== 200) sendAnswer(request, response, answer);
    else if (!response.destroyed && !response.headersSent) sendWithCachedHead(response, answer);
    this.onChange(request);
  }
}
