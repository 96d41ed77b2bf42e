import { type ClassShares, countsOfShares, EFFORT_TRIES } from './class-shares';
import { refuseImport } from './import-refusal';
import { told } from './onnx-attributes';
import type { Ensemble } from './onnx-ensemble';

/** How far the shares of a leaf may add up past 1 or short of it: far more than float32 loses over 256 classes. */
const SUM_SLACK = 1e-4;

/**
 * Rows of each class at every leaf, by the file's number of the node; shape of each [classes of the schema]. Classes
 * that the file does not know have none. Throws `import-invalid` for labels that the schema does not have, and for
 * weights that are no shares.
 */
export function readLeaves(ensemble: Ensemble, classNames: readonly string[]): Map<number, Uint32Array> {
  const classes = classIndices(ensemble.labels, classNames);
  const isBinary = classes.length === 2;
  const weightsOf = collectWeights(ensemble, isBinary ? 1 : classes.length);
  const effort = { triesLeft: EFFORT_TRIES };
  const counts = new Map<number, Uint32Array>();
  for (const [nodeId, weights] of weightsOf) {
    const leaf = isBinary
      ? binaryShares(weights[0]!, classes, classNames.length)
      : shares(weights, classes, classNames.length);
    if (leaf === null) refuseImport(`the weights of its node ${nodeId} are no shares`);
    counts.set(nodeId, countsOfShares(leaf, effort));
  }
  return counts;
}

/** The schema's index of each of the file's classes. */
function classIndices(labels: readonly string[], classNames: readonly string[]): number[] {
  if (labels.length < 2) refuseImport(`it has ${labels.length} classes, a classifier has at least two`);
  const unknown = labels.find((label) => !classNames.includes(label));
  if (unknown !== undefined) refuseImport(`its class ${told(unknown)} is not in the schema`);
  const classes = labels.map((label) => classNames.indexOf(label));
  if (new Set(classes).size < classes.length) refuseImport('it names a class twice');
  return classes;
}

/** The weights of each leaf, shape [columns], 0 where the file has none. */
function collectWeights({ nodeIds, isLeaf, weights }: Ensemble, columns: number): Map<number, Float64Array> {
  const collected = new Map<number, Float64Array>();
  for (const [i, nodeId] of nodeIds.entries())
    if (isLeaf[i]) collected.set(nodeId, new Float64Array(columns));
  const seen = new Set<number>();
  for (const { nodeId, k, weight } of weights) {
    const own = collected.get(nodeId);
    if (own === undefined) refuseImport(`it has a weight for the node ${nodeId}, which is no leaf`);
    // skl2onnx writes the second of two classes alone, under the number 0; onnxruntime reads anything else otherwise.
    if (k >= columns) refuseImport(`it has a weight for the class ${k} of ${columns}`);
    const place = nodeId * columns + k;
    if (seen.has(place)) refuseImport(`its node ${nodeId} has two weights for the class ${k}`);
    seen.add(place);
    own[k] = weight;
  }
  if (seen.size === 0) refuseImport('its leaves have no weights');
  return collected;
}

/** Of two classes the file gives the second one's share, and predicts it above one half. */
function binaryShares(weight: number, classes: readonly number[], size: number): ClassShares | null {
  if (!(weight >= 0 && weight <= 1)) return null;
  const shares = new Float64Array(size);
  shares[classes[0]!] = 1 - weight;
  shares[classes[1]!] = weight;
  return { shares, winner: classes[weight > 0.5 ? 1 : 0]!, derived: classes[0]! };
}

function shares(weights: Float64Array, classes: readonly number[], size: number): ClassShares | null {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (weights.some((weight) => weight < 0) || Math.abs(sum - 1) > SUM_SLACK) return null;
  const shares = new Float64Array(size);
  for (const [i, weight] of weights.entries()) shares[classes[i]!] = weight;
  return { shares, winner: classes[weights.indexOf(Math.max(...weights))]!, derived: -1 };
}
