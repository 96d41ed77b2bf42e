import { AlderError } from '../errors';

/** The fields of a tree's JSON by name, their values not looked at yet. */
export interface TreeFields {
  readonly format?: unknown;
  readonly [name: string]: unknown;
}

const INT32_MAX = 2 ** 31 - 1;
const UINT32_MAX = 2 ** 32 - 1;

/**
 * Every reader here throws `tree-invalid` naming the field and, in an array, the place of its first fault.
 * This one wants an object with exactly `names` as keys; another format is refused by its name before its keys are.
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

/** At least one name, each non-empty and different from the others. */
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

/** Whole numbers from −1; as many as there are nodes, where that is known already. */
export function readIntegers(fields: TreeFields, name: string, nodes?: number): Int32Array {
  const values = arrayOf(fields[name], name, nodes);
  const read = new Int32Array(values.length);
  for (const [at, value] of values.entries()) {
    if (!isIntegerWithin(value, -1, INT32_MAX)) refuse(`${name}[${at}] is not an index or -1`);
    read[at] = value;
  }
  return read;
}

/** Finite numbers; JSON has none other, but 1e999 reads as infinite. */
export function readDoubles(fields: TreeFields, name: string, nodes: number): Float64Array {
  const values = arrayOf(fields[name], name, nodes);
  const read = new Float64Array(nodes);
  for (const [at, value] of values.entries()) {
    if (typeof value !== 'number' || !Number.isFinite(value)) refuse(`${name}[${at}] is not a finite number`);
    read[at] = value;
  }
  return read;
}

/** One array of `classes` counts a node, laid out row-major. */
export function readCounts(fields: TreeFields, name: string, nodes: number, classes: number): Uint32Array {
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
