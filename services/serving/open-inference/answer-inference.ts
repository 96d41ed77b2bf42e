import { INFERENCE_OUTPUTS, type InferAnswer, inferBody } from '../../../shared/api/open-inference';
import { type Answer, jsonAnswer } from '../../../shared/http/answer';
import { problem } from '../../../shared/http/problem';
import { parseStrictJson } from '../../../shared/json/scanner';
import type { RowsRead } from '../../../shared/row/request-reader';
import { leafOf, majorityClass } from '../../../shared/tree/tree';
import type { ServedModel } from '../models/served-model';
import { fieldErrorOf } from '../route/read-request';
import { readTensors } from './read-tensors';

export interface InferenceAnswered extends Answer {
  readonly rowCount: number;
}

/** Bytes of an inference request → its answer. */
export function answerInference(
  bytes: Uint8Array,
  model: ServedModel,
  rowsMax: number,
  onRows: ((rows: RowsRead) => void) | undefined,
): InferenceAnswered {
  const parsed = parseStrictJson(bytes);
  if (!parsed.ok) return { ...problem(parsed.fault), rowCount: 0 };
  const checked = inferBody.safeParse(parsed.value);
  if (!checked.success) return refused(checked.error.issues.map(fieldErrorOf));
  const { id, outputs } = checked.data;
  const unknown = (outputs ?? []).findIndex(({ name }) => !isOutput(name));
  if (unknown >= 0) return refused([{ pointer: `/outputs/${unknown}/name`, code: 'tensor-output' }]);
  const { featureNames } = model.tree;
  const read = readTensors(checked.data, featureNames, rowsMax);
  if (!read.ok) return refused([read.fault]);
  onRows?.({ ...read, single: false });
  const wanted =
    outputs === undefined || outputs.length === 0 ? INFERENCE_OUTPUTS : outputs.map(({ name }) => name);
  const answer: InferAnswer = {
    model_name: model.model,
    model_version: String(model.version),
    ...(id === undefined ? {} : { id }),
    parameters: { digest: model.digest },
    outputs: tensorsOf(model, read.features, read.rowCount).filter(({ name }) => wanted.includes(name)),
  };
  return { ...jsonAnswer(200, answer, model.headers), rowCount: read.rowCount };
}

function refused(faults: readonly ReturnType<typeof fieldErrorOf>[]): InferenceAnswered {
  return { ...problem(faults[0]!.code, { faults }), rowCount: 0 };
}

function isOutput(name: string): boolean {
  return (INFERENCE_OUTPUTS as readonly string[]).includes(name);
}

function tensorsOf({ tree }: ServedModel, features: Float64Array, rowCount: number): InferAnswer['outputs'] {
  const { classNames, classCounts } = tree;
  const width = tree.featureNames.length;
  const predictions: string[] = [];
  const shares: number[] = [];
  for (let row = 0; row < rowCount; row++) {
    const leaf = leafOf(tree, features, row * width);
    predictions.push(classNames[majorityClass(tree, leaf)]!);
    const counts = classCounts.subarray(leaf * classNames.length, (leaf + 1) * classNames.length);
    const total = counts.reduce((sum, count) => sum + count, 0);
    for (const count of counts) shares.push(count / total);
  }
  return [
    { name: 'predict', shape: [rowCount], datatype: 'BYTES', data: predictions },
    { name: 'predict_proba', shape: [rowCount, classNames.length], datatype: 'FP64', data: shares },
  ];
}
