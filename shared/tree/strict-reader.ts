import { AlderError } from '../errors';
import type { Tree } from './tree';

const FIELDS = [
  'format',
  'features',
  'classes',
  'feature',
  'threshold',
  'left',
  'right',
  'classCounts',
] as const;

/**
 * Reads a tree's JSON in any spelling, as other programs may write it. Throws `tree-invalid` naming the field and, in
 * an array, the index of the first fault. Does not check the tree's invariants.
 */
export function readStrictTree(text: string, format: string): Tree {
  const fields = parseFields(text, format, FIELDS);
  const featureNames = readNames(fields, 'features');
  const classNames = readNames(fields, 'classes');
  const feature = readIntegers(fields, 'feature');
  const nodes = feature.length;
  return {
    featureNames,
    classNames,
    feature,
    threshold: readDoubles(fields, 'threshold', nodes),
    left: readIntegers(fields, 'left', nodes),
    right: readIntegers(fields, 'right', nodes),
    classCounts: readCounts(fields, 'classCounts', nodes, classNames.length),
  };
}

/** The fields of a tree's JSON by name, with unchecked values. */
interface TreeFields {
  readonly format?: unknown;
  readonly [name: string]: unknown;
}

const INT32_MAX = 2 ** 31 - 1;
const UINT32_MAX = 2 ** 32 - 1;

/**
 * Parses an object with exactly the keys `names`. The format is checked before the keys, so an unknown format is
 * refused by its name. Throws `tree-invalid`.
 */
export function parseFields(text: string, format: string, names: readonly string[]): TreeFields {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new AlderError('tree-invalid', 'the tree is not valid JSON', { cause });
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) refuse('it is not an object');
  const fields = parsed as TreeFields;
  if (fields.format !== format) {
    refuse(`it has the format ${JSON.stringify(fields.format)}, this reader knows ${format}`);
  }
  for (const name of names) if (!Object.hasOwn(fields, name)) refuse(`${name} is missing`);
  for (const name of Object.keys(fields))
    if (!names.includes(name)) refuse(`${name} is not a field of ${format}`);
  return fields;
}

/** At least one name; every name is non-empty and unique. Throws `tree-invalid`. */
export function readNames(fields: TreeFields, name: string): readonly string[] {
  const values = arrayOf(fields[name], name);
  const names = new Set<string>();
  for (const [at, value] of values.entries()) {
    if (typeof value !== 'string' || value === '') refuse(`${name}[${at}] is not a name`);
    if (names.has(value)) refuse(`${name}[${at}] stands twice`);
    names.add(value);
  }
  return Object.freeze([...names]);
}

/** Whole numbers from −1 up; exactly `nodes` of them where `nodes` is given. */
function readIntegers(fields: TreeFields, name: string, nodes?: number): Int32Array {
  const values = arrayOf(fields[name], name, nodes);
  const read = new Int32Array(values.length);
  for (const [at, value] of values.entries()) {
    if (!isIntegerWithin(value, -1, INT32_MAX)) refuse(`${name}[${at}] is not an index or -1`);
    read[at] = value;
  }
  return read;
}

/** Finite numbers. JSON has no infinity, but JSON.parse reads 1e999 as one. */
function readDoubles(fields: TreeFields, name: string, nodes: number): Float64Array {
  const values = arrayOf(fields[name], name, nodes);
  const read = new Float64Array(nodes);
  for (const [at, value] of values.entries()) {
    if (typeof value !== 'number' || !Number.isFinite(value)) refuse(`${name}[${at}] is not a finite number`);
    read[at] = value;
  }
  return read;
}

/** Reads one array of `classes` counts a node; the result is row-major, shape [nodes, classes]. */
function readCounts(fields: TreeFields, name: string, nodes: number, classes: number): Uint32Array {
  const read = new Uint32Array(nodes * classes);
  for (const [node, counts] of arrayOf(fields[name], name, nodes).entries()) {
    for (const [k, count] of arrayOf(counts, `${name}[${node}]`, classes).entries()) {
      if (!isIntegerWithin(count, 0, UINT32_MAX)) refuse(`${name}[${node}][${k}] is not a count`);
      read[node * classes + k] = count;
    }
  }
  return read;
}

function arrayOf(value: unknown, place: string, length?: number): readonly unknown[] {
  if (!Array.isArray(value)) refuse(`${place} is not an array`);
  if (value.length === 0) refuse(`${place} is empty`);
  if (length !== undefined && value.length !== length) {
    refuse(`${place} has the length ${value.length}, not ${length}`);
  }
  return value;
}

function isIntegerWithin(value: unknown, min: number, max: number): value is number {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
}

function refuse(fault: string): never {
  throw new AlderError('tree-invalid', `the tree: ${fault}`);
}
