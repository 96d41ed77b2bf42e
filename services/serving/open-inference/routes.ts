import type { Request } from 'express';
import type { InferenceModel, InferenceServer } from '../../../shared/api/open-inference';
import { jsonAnswer } from '../../../shared/http/answer';
import { problem } from '../../../shared/http/problem';
import { isPlainJson, readBody } from '../../../shared/http/read-body';
import { codeVersion } from '../../../shared/runtime/package-info';
import { champion, selected, selectorOf } from '../models/choose-model';
import type { ServedModel } from '../models/served-model';
import { type Route, refuseOtherModels, type ServingContext } from '../server/serving-context';
import { answerInference } from './answer-inference';
import { withProtocolErrors } from './protocol-errors';

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
export function inferenceReady(context: ServingContext): Route {
  return withProtocolErrors(context, () => {
    champion(context);
    return jsonAnswer(200, { ready: true });
  });
}

/** GET /v2/models/{model}/ready, and of one version */
export function modelReady(context: ServingContext): Route {
  return withProtocolErrors(context, async (request) => {
    const { model } = await chooser(context, request)();
    return jsonAnswer(200, { name: model, ready: true });
  });
}

/** GET /v2/models/{model}, and of one version */
export function describeModel(context: ServingContext): Route {
  return withProtocolErrors(context, async (request) => {
    const { tree } = await chooser(context, request)();
    const versions = await context.registry.listVersions();
    const body: InferenceModel = {
      name: context.model,
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

/** POST /v2/models/{model}/infer, and of one version */
export function infer(context: ServingContext): Route {
  return withProtocolErrors(context, async (request, response) => {
    const choose = chooser(context, request);
    const { requestBytesMax, bodies } = context;
    const body = await readBody(request, response, requestBytesMax, bodies, isJsonOrUntyped);
    if (body.kind === 'gone') return null;
    if (body.kind === 'refused') return problem(body.code);
    const model = await choose();
    const onRows = context.shadow.observer(model);
    const answer = answerInference(body.bytes, model, context.requestRowsMax, onRows);
    context.metrics.rowsPredicted += answer.rowCount;
    return answer;
  });
}

/** The protocol's own clients send JSON without a type. */
function isJsonOrUntyped(type: string | undefined): boolean {
  return type === undefined || isPlainJson(type);
}

/** What chooses the champion, unless the path names a version; a path that names none is refused at once. */
function chooser(context: ServingContext, request: Request): () => ServedModel | Promise<ServedModel> {
  refuseOtherModels(context, request);
  const { version } = request.params;
  if (version === undefined) return () => champion(context);
  const selector = selectorOf(context, String(version));
  return () => selected(context, selector);
}
