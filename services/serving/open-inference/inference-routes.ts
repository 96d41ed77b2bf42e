import type { Request } from 'express';
import type { InferenceModel, InferenceServer } from '../../../shared/api/open-inference';
import { type Answer, jsonAnswer } from '../../../shared/http/answer';
import type { BodyBudget } from '../../../shared/http/body-memory';
import { problem } from '../../../shared/http/problem';
import { isPlainJson, readBody } from '../../../shared/http/read-body';
import type { ModelRegistry } from '../../../shared/model-registry/model-registry';
import type { Log } from '../../../shared/runtime/log';
import { codeVersion } from '../../../shared/runtime/package-info';
import type { ServingMetrics } from '../metrics/serving-metrics';
import { champion, type ModelSource, selected, selectorOf } from '../models/choose-model';
import type { ServedModel } from '../models/served-model';
import type { Shadow } from '../predict/shadow';
import { errorAnswer, type Route, refuseOtherModels } from '../route/route';
import { answerInference } from './answer-inference';

/** The needs of the routes that tell whether a model is ready. */
export interface InferenceReadyNeeds extends ModelSource {
  readonly model: string;
  readonly log: Log;
}

export interface InferenceModelNeeds extends InferenceReadyNeeds {
  readonly registry: ModelRegistry;
}

export interface InferNeeds extends InferenceReadyNeeds {
  readonly requestBytesMax: number;
  readonly requestRowsMax: number;
  readonly bodies: BodyBudget;
  readonly shadow: Shadow;
  readonly metrics: ServingMetrics;
}

/** GET /v2 */
export function describeServer(): Route {
  const body: InferenceServer = { name: 'alder', version: codeVersion, extensions: [] };
  return () => jsonAnswer(200, body);
}

/** GET /v2/health/live */
export function inferenceLive(): Route {
  return () => jsonAnswer(200, { live: true });
}

/** GET /v2/health/ready */
export function inferenceReady(needs: InferenceReadyNeeds): Route {
  return withProtocolErrors(needs.log, () => {
    champion(needs);
    return jsonAnswer(200, { ready: true });
  });
}

/** GET /v2/models/{model}/ready and /v2/models/{model}/versions/{version}/ready */
export function modelReady(needs: InferenceReadyNeeds): Route {
  return withProtocolErrors(needs.log, async (request) => {
    const { model } = await chooser(needs, request)();
    return jsonAnswer(200, { name: model, ready: true });
  });
}

/** GET /v2/models/{model} and /v2/models/{model}/versions/{version} */
export function describeModel(needs: InferenceModelNeeds): Route {
  return withProtocolErrors(needs.log, async (request) => {
    const { tree } = await chooser(needs, request)();
    const versions = await needs.registry.listVersions();
    const body: InferenceModel = {
      name: needs.model,
      versions: versions.map(String),
      platform: 'alder',
      inputs: [{ name: 'rows', datatype: 'FP64', shape: [-1, tree.featureNames.length] }],
      outputs: [
        { name: 'predict', datatype: 'BYTES', shape: [-1] },
        { name: 'predict_proba', datatype: 'FP64', shape: [-1, tree.classNames.length] },
      ],
    };
    return jsonAnswer(200, body);
  });
}

/** POST /v2/models/{model}/infer and /v2/models/{model}/versions/{version}/infer */
export function infer(needs: InferNeeds): Route {
  return withProtocolErrors(needs.log, async (request, response) => {
    const choose = chooser(needs, request);
    const { requestBytesMax, bodies } = needs;
    const body = await readBody(request, response, requestBytesMax, bodies, isJsonOrUntyped);
    if (body.kind === 'gone') return null;
    if (body.kind === 'refused') return problem(body.code);
    const model = await choose();
    const onRows = needs.shadow.observer(model);
    const answer = answerInference(body.bytes, model, needs.requestRowsMax, onRows);
    needs.metrics.rowsPredicted += answer.rowCount;
    return answer;
  });
}

/** The protocol's own clients send JSON without a content type. */
function isJsonOrUntyped(type: string | undefined): boolean {
  return type === undefined || isPlainJson(type);
}

/** Gives the function that chooses the model. Refuses at once a path whose version can be none. */
function chooser(needs: InferenceReadyNeeds, request: Request): () => ServedModel | Promise<ServedModel> {
  refuseOtherModels(needs.model, request);
  const { version } = request.params;
  if (version === undefined) return () => champion(needs);
  const selector = selectorOf(needs, String(version));
  return () => selected(needs, selector);
}

/** Adds the member `error` to the problems of a route, because clients of the protocol show only that. */
function withProtocolErrors(log: Log, route: Route): Route {
  return async (...asked) => {
    const answer = await Promise.resolve()
      .then(() => route(...asked))
      .catch((error: unknown) => errorAnswer(error, log));
    return answer === null || answer.status < 400 ? answer : withErrorMember(answer);
  };
}

function withErrorMember(answer: Answer<string | Uint8Array>): Answer {
  const body = JSON.parse(String(answer.body)) as { readonly detail: string };
  return { ...answer, body: JSON.stringify({ ...body, error: body.detail }) };
}
