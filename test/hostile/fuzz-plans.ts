import { MessageReader } from '../../shared/row/message-reader';
import { type RequestRead, RequestReader } from '../../shared/row/request-reader';
import { RowColumns } from '../../shared/row/row-columns';
import { RowReader } from '../../shared/row/row-reader';
import { parseSchema, type Schema } from '../../shared/row/schema';
import type { Draw } from '../row/mutations';
import { readRequestSlowly, readRowSlowly } from '../row/strict-reference';
import { hostileText, surrounded } from './byte-mutations';

/** One input's two answers as text, equal when the reader is right, and the fate that the reader gave. */
export interface Comparison {
  readonly input: Uint8Array;
  readonly seen: string;
  readonly expected: string;
  readonly fate: string;
}

/** Draws one input and reads it twice, by the reader under test and by the reference. */
export type FuzzPlan = (draw: Draw) => Comparison;

const FEATURES = ['height', 'width'];
const ROWS_MAX = 3;
/** The reference only knows that a text cannot be parsed; which of the two it is depends on which byte came first. */
const CANNOT_PARSE = ['invalid-json', 'invalid-utf8'];
/** Where a text is broken in two ways, the reader names the one that comes first, which JSON.parse does not tell. */
const PARSE_FAULTS = [...CANNOT_PARSE, 'duplicate-key', 'forbidden-key', 'too-deep', 'too-many-fields'];

export function schemaWith(layout: Schema['layout'], extraFields: Schema['extraFields']): Schema {
  const label = { name: 'species', classes: ['a', 'b', 'é', '😀'] };
  const features = FEATURES.map((name) => ({ name }));
  return parseSchema(
    JSON.stringify({ format: 'alder-schema/1', layout, extraFields, label, features }),
    'test',
  );
}

export function rowPlan(schema: Schema, seeds: readonly Uint8Array[]): FuzzPlan {
  const reader = new RowReader(schema);
  const into = new Float64Array(FEATURES.length + 1);
  return (draw) => {
    const input = hostileText(seeds, draw);
    const { bytes, from, to } = surrounded(input, draw);
    const classIndex = reader.read(bytes, from, to, into, 1);
    const fate = classIndex < 0 ? reader.fault : 'accepted';
    const expected = readRowSlowly(schema, input);
    const values = classIndex < 0 ? [] : [...into.subarray(1)];
    return {
      input,
      fate,
      seen: textOf(comparable(fate, expected.fault), classIndex, values),
      expected: textOf(expected.fault ?? 'accepted', expected.classIndex, expected.features),
    };
  };
}

/** Several lines in one message, good and bad ones beside one another. */
export function messagePlan(schema: Schema, seeds: readonly Uint8Array[]): FuzzPlan {
  const reader = new MessageReader(schema);
  return (draw) => {
    const parts = Array.from({ length: 1 + draw(4) }, () => hostileText(seeds, draw));
    const input = Buffer.concat(parts.flatMap((part, i) => (i === 0 ? [part] : [NEWLINE, part])));
    if (input.length === 0) return { input, fate: 'empty-value', seen: '', expected: '' };
    const rows = new RowColumns(FEATURES.length);
    const seen = new Map<number, string>();
    const expected = linesOf(input).map((line) => lineVerdict(schema, line));
    const count = reader.read(input, null, rows, (line, fault) => {
      seen.set(
        line,
        comparable(fault, expected[line]?.startsWith('cannot-parse') === true ? 'cannot-parse' : null),
      );
    });
    for (let row = 0; row < rows.rowCount; row++) {
      const values = rows.features.subarray(row * FEATURES.length, (row + 1) * FEATURES.length);
      seen.set(rows.lines[row]!, textOf('accepted', rows.classes[row]!, [...values]));
    }
    const seenLines = Array.from({ length: count }, (_, line) => seen.get(line) ?? 'nothing');
    const fate = seenLines.length === 1 ? 'one line' : 'several lines';
    return { input, fate, seen: seenLines.join(' | '), expected: expected.join(' | ') };
  };
}

export function requestPlan(seeds: readonly Uint8Array[]): FuzzPlan {
  const reader = new RequestReader(FEATURES, ROWS_MAX);
  return (draw) => {
    const input = hostileText(seeds, draw);
    const read = reader.read(input);
    const expected = readRequestSlowly(FEATURES, ROWS_MAX, input);
    const isUnreadable =
      !expected.ok && expected.status === 400 && expected.faults[0]?.code === 'invalid-json';
    const fate = read.ok ? 'accepted' : (read.faults[0]?.code ?? 'nothing');
    return { input, fate, seen: requestText(read, isUnreadable), expected: requestText(expected, false) };
  };
}

const NEWLINE = Buffer.from('\n');

/** A final newline ends a line and begins none. */
function linesOf(value: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let from = 0; from < value.length; ) {
    const newline = value.indexOf(10, from);
    const to = newline < 0 ? value.length : newline;
    lines.push(value.subarray(from, to));
    from = to + 1;
  }
  return lines;
}

function lineVerdict(schema: Schema, line: Uint8Array): string {
  if (line.length === 0) return 'empty-value';
  const { fault, classIndex, features } = readRowSlowly(schema, line);
  return fault ?? textOf('accepted', classIndex, features);
}

function comparable(fate: string, expected: string | null): string {
  return expected === 'cannot-parse' && PARSE_FAULTS.includes(fate) ? expected : fate;
}

/** `String` tells −0 from 0 nowhere, so it is spelled out: a reader must never give it. */
function textOf(fate: string, classIndex: number, values: readonly number[]): string {
  return `${fate} ${classIndex} ${values.map((value) => (Object.is(value, -0) ? '-0' : value)).join(',')}`;
}

function requestText(read: RequestRead, isUnreadable: boolean): string {
  if (read.ok) return textOf(`${read.single ? 'single' : 'list'} ${read.rowCount}`, 0, [...read.features]);
  const faults = read.faults.map(({ pointer, code }) => {
    const isSame = isUnreadable && PARSE_FAULTS.includes(code);
    return `${pointer} ${isSame ? 'invalid-json' : code}`;
  });
  return `${read.status} ${faults.join(', ')}`;
}
