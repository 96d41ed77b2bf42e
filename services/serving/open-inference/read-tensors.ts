import type { InferBody, RequestTensor } from '../../../shared/api/open-inference';
import type { RequestFault, RowFault } from '../../../shared/errors';
import type { FieldError } from '../../../shared/http/problem';

const DATATYPES = ['FP64', 'FP32'];

export type TensorsRead =
  | {
      readonly ok: true;
      readonly rowCount: number;
      /** Row-major, shape [rowCount, features]; finite, and never −0. */
      readonly features: Float64Array;
    }
  | { readonly ok: false; readonly fault: FieldError & { readonly code: RequestFault | RowFault } };

/** Thrown and caught in this file only: one fault refuses the whole request. */
class TensorFault extends Error {
  constructor(
    readonly pointer: string,
    readonly code: RequestFault | RowFault,
  ) {
    super(code);
  }
}

/**
 * Reads the rows of a request: one tensor with all features in the schema's order, or one tensor per feature, by name.
 * A number counts as it is written in the JSON, whichever float type the tensor names.
 */
export function readTensors(
  { inputs }: InferBody,
  featureNames: readonly string[],
  rowsMax: number,
): TensorsRead {
  try {
    const read = isByName(inputs, featureNames)
      ? readByName(inputs, featureNames, rowsMax)
      : readWhole(inputs, featureNames.length, rowsMax);
    return { ok: true, ...read };
  } catch (error) {
    if (!(error instanceof TensorFault)) throw error;
    return { ok: false, fault: { pointer: error.pointer, code: error.code } };
  }
}

/** For a single feature, a tensor of its name means the same either way. */
function isByName(inputs: readonly RequestTensor[], featureNames: readonly string[]): boolean {
  return inputs.length > 1 || (featureNames.length === 1 && inputs[0]!.name === featureNames[0]);
}

function readWhole(inputs: readonly RequestTensor[], featureCount: number, rowsMax: number) {
  const { shape, data } = checked(inputs[0]!, 0);
  const [rowCount, width = 1] = shape;
  if (width !== featureCount) throw new TensorFault('/inputs/0/shape', 'feature-count');
  checkRows(rowCount!, rowsMax, '/inputs/0/shape');
  const features = new Float64Array(rowCount! * featureCount);
  fill(features, data, { pointer: '/inputs/0/data', from: 0, step: 1 });
  return { rowCount: rowCount!, features };
}

function readByName(inputs: readonly RequestTensor[], featureNames: readonly string[], rowsMax: number) {
  const places = new Map(featureNames.map((name, place) => [name, place]));
  const rowCount = inputs[0]!.shape[0]!;
  checkRows(rowCount, rowsMax, '/inputs/0/shape');
  const features = new Float64Array(rowCount * featureNames.length);
  inputs.forEach((input, i) => {
    const place = places.get(input.name);
    if (place === undefined) throw new TensorFault(`/inputs/${i}/name`, 'tensor-inputs');
    // A second tensor of the same feature then counts as unknown.
    places.delete(input.name);
    const { shape, data } = checked(input, i);
    if (shape[0] !== rowCount || (shape[1] ?? 1) !== 1)
      throw new TensorFault(`/inputs/${i}/shape`, 'tensor-shape');
    fill(features, data, { pointer: `/inputs/${i}/data`, from: place, step: featureNames.length });
  });
  if (places.size > 0) throw new TensorFault('/inputs', 'missing-feature');
  return { rowCount, features };
}

function checked(tensor: RequestTensor, i: number): RequestTensor {
  if (!DATATYPES.includes(tensor.datatype)) throw new TensorFault(`/inputs/${i}/datatype`, 'tensor-datatype');
  return tensor;
}

function checkRows(rowCount: number, rowsMax: number, pointer: string): void {
  if (rowCount === 0) throw new TensorFault(pointer, 'empty-rows');
  if (rowCount > rowsMax) throw new TensorFault(pointer, 'too-many-rows');
}

/** Puts flat or nested data into every `step`-th place from `from` on; the data must fill exactly these places. */
function fill(
  features: Float64Array,
  data: readonly unknown[],
  { pointer, from, step }: { readonly pointer: string; readonly from: number; readonly step: number },
): void {
  let at = from;
  const put = (value: unknown, where: string) => {
    if (typeof value !== 'number') throw new TensorFault(where, 'feature-type');
    if (!Number.isFinite(value)) throw new TensorFault(where, 'non-finite');
    if (at >= features.length) throw new TensorFault(pointer, 'tensor-shape');
    // −0 becomes 0, as in rows of the log.
    features[at] = value + 0;
    at += step;
  };
  for (const [i, value] of data.entries()) {
    if (Array.isArray(value)) for (const [j, inner] of value.entries()) put(inner, `${pointer}/${i}/${j}`);
    else put(value, `${pointer}/${i}`);
  }
  if (at !== features.length + from) throw new TensorFault(pointer, 'tensor-shape');
}
