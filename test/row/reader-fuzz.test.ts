import { isDeepStrictEqual } from 'node:util';
import { RequestReader, type RequestRefused } from '../../shared/row/request-reader';
import { RowReader } from '../../shared/row/row-reader';
import { parseSchema, type Schema } from '../../shared/row/schema';
import { mutate, seededDraw } from './mutations';
import { parseStrictly, readRequestSlowly, readRowSlowly } from './strict-reference';

const INPUTS_PER_SUITE = 6_000;
const PARSE_FAULTS = [
  'invalid-json',
  'invalid-utf8',
  'duplicate-key',
  'forbidden-key',
  'too-deep',
  'too-many-fields',
];

const FEATURES = ['height', 'width'];

function schemaWith(layout: Schema['layout'], extraFields: Schema['extraFields']): Schema {
  const label = { name: 'species', classes: ['a', 'b', 'é', '😀'] };
  const features = FEATURES.map((name) => ({ name }));
  return parseSchema(
    JSON.stringify({ format: 'alder-schema/1', layout, extraFields, label, features }),
    'test',
  );
}

const texts = (...lines: string[]) => lines.map((line) => Buffer.from(line));

const DATA_ROWS = texts(
  '{"data":[5.1,-3.5],"label":"a"}',
  ' { "label" : "b" , "data" : { "width" : 0.25 , "height" : 1e3 } } ',
  '{"data":{"height":1,"width":2},"label":"é"}',
  '{"data":[1,2],"label":null}',
  '{"data":[0,12.75],"label":"\\ud83d\\ude00"}',
  '{"data":[1,2],"label":"a","extra":{"x":[1,{"y":null}],"z":true}}',
);
const FLAT_ROWS = texts(
  '{"height":5.1,"width":-3.5,"species":"a"}',
  '{"height":1,"width":2,"species":""}',
  '{"species":"é","width":1e-7,"height":100}',
  '{"height":1,"width":2,"species":"b","when":"2020-01-01","tags":["x","y"],"ok":false}',
);
const REQUESTS = texts(
  '{"data":[5.1,3.5]}',
  '{"data":{"height":1,"width":2}}',
  '{"data":[[5.1,3.5],[4,2],[1,-0]]}',
  '{"data":[{"height":1,"width":2},[3,4]]}',
  '{"data":[[5],3.5]}',
);

describe.each([
  ['data', 'reject', DATA_ROWS],
  ['data', 'ignore', DATA_ROWS],
  ['flat', 'reject', FLAT_ROWS],
  ['flat', 'ignore', FLAT_ROWS],
] as const)('rows in layout %s that %s other fields', (layout, extraFields, seeds) => {
  const schema = schemaWith(layout, extraFields);
  const reader = new RowReader(schema);

  test('have the fate and the values that JSON.parse and the written rules give', () => {
    const draw = seededDraw(11);
    const fates = new Map<string, number>();
    const differences: unknown[] = [];
    for (let i = 0; i < INPUTS_PER_SUITE; i++) {
      const bytes = mutate(seeds, draw);
      const into = new Float64Array(FEATURES.length + 1);
      const classIndex = reader.read(bytes, 0, bytes.length, into, 1);
      const fault = classIndex < 0 ? reader.fault : null;
      const expected = readRowSlowly(schema, bytes);
      const features = fault === null ? [...into.subarray(1)] : [];
      const seen = { fault: comparable(fault, expected.fault), classIndex, features };
      if (!isDeepStrictEqual(seen, expected)) differences.push({ text: latin1(bytes), seen, expected });
      fates.set(fault ?? 'accepted', (fates.get(fault ?? 'accepted') ?? 0) + 1);
    }
    expect(differences).toEqual([]);
    expect(fates.get('accepted')).toBeGreaterThan(INPUTS_PER_SUITE / 10);
    for (const common of ['invalid-json', 'invalid-utf8', 'duplicate-key', 'forbidden-key', 'too-deep']) {
      expect([common, fates.has(common)]).toEqual([common, true]);
    }
    for (const common of [
      'missing-feature',
      'non-finite',
      'missing-label',
      'unknown-class',
      'feature-type',
    ]) {
      expect([common, fates.has(common)]).toEqual([common, true]);
    }
  });
});

describe('request bodies', () => {
  test('have the answer, the pointers and the values that JSON.parse and the written rules give', () => {
    const draw = seededDraw(12);
    const reader = new RequestReader(FEATURES, 3);
    const differences: unknown[] = [];
    let accepted = 0;
    for (let i = 0; i < INPUTS_PER_SUITE; i++) {
      const bytes = mutate(REQUESTS, draw);
      const read = reader.read(bytes);
      const expected = readRequestSlowly(FEATURES, 3, bytes);
      const seen = read.ok || parseStrictly(bytes).fault !== 'cannot-parse' ? read : withoutParseFault(read);
      if (!isDeepStrictEqual(seen, expected)) differences.push({ text: latin1(bytes), seen, expected });
      if (read.ok) accepted++;
    }
    expect(differences).toEqual([]);
    expect(accepted).toBeGreaterThan(INPUTS_PER_SUITE / 10);
  });
});

/** Where the reference only knows that a text cannot be parsed, any parse fault is right. */
function comparable(fault: string | null, expected: string | null): string | null {
  return expected === 'cannot-parse' && fault !== null && PARSE_FAULTS.includes(fault) ? expected : fault;
}

function withoutParseFault(read: RequestRefused): RequestRefused {
  const faults = read.faults.map(({ pointer, code }) => ({
    pointer,
    code: PARSE_FAULTS.includes(code) ? ('invalid-json' as const) : code,
  }));
  return { ...read, faults };
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
