import { RowReader } from '../../shared/row/row-reader';
import { parseSchema, type Schema } from '../../shared/row/schema';

const NAMES = ['sepal_length', 'sepal_width', 'petal_length', 'petal_width'];
const CLASSES = ['setosa', 'versicolor', 'virginica'];

function irisSchema(
  layout: Schema['layout'] = 'data',
  extraFields: Schema['extraFields'] = 'reject',
): Schema {
  const features = NAMES.map((name) => ({ name, unit: 'cm' }));
  const label = { name: 'species', classes: CLASSES };
  return parseSchema(
    JSON.stringify({ format: 'alder-schema/1', layout, extraFields, label, features }),
    'test',
  );
}

/** The class and values of an accepted row, or the fault of a rejected one. */
function fateOf(schema: Schema, row: string | Uint8Array): string | [string, ...number[]] {
  const bytes = typeof row === 'string' ? Buffer.from(row) : row;
  const into = new Float64Array(NAMES.length);
  const reader = new RowReader(schema);
  const classIndex = reader.read(bytes, 0, bytes.length, into, 0);
  return classIndex < 0 ? reader.fault : [CLASSES[classIndex]!, ...into];
}

const data = irisSchema();
const withLabel = (features: string) => `{"data":${features},"label":"setosa"}`;
const labelled = (label: string) => `{"data":[5.1,3.5,1.4,0.2],"label":${label}}`;
const SETOSA = ['setosa', 5.1, 3.5, 1.4, 0.2];
const named = (others = '') =>
  `{"sepal_length":5.1,"sepal_width":3.5,"petal_length":1.4,"petal_width":0.2${others}}`;

describe('accepted rows', () => {
  test.each([
    ['in the canonical spelling', withLabel('[5.1,3.5,1.4,0.2]')],
    ['with named features', withLabel(named())],
    [
      'with its named features in another order',
      withLabel('{"petal_width":0.2,"sepal_length":5.1,"petal_length":1.4,"sepal_width":3.5}'),
    ],
    ['with its label first', '{"label":"setosa","data":[5.1,3.5,1.4,0.2]}'],
    [
      'with space wherever the grammar has it',
      ' {\t"data" : [ 5.1 , 3.5,1.4 ,0.2 ] , "label":\r "setosa" } \r',
    ],
    ['with escapes in its keys and label', '{"d\\u0061ta":[5.1,3.5,1.4,0.2],"label":"\\u0073etosa"}'],
    ['with numbers written at length', withLabel('[51e-1,0.35E+1,1.40000000000000000000,2e-1]')],
  ])('a row %s is accepted', (_, row) => {
    expect(fateOf(data, row)).toEqual(SETOSA);
  });

  test('a row with values at the edge of the doubles is accepted, and −0 becomes 0', () => {
    // toEqual tells −0 from 0.
    expect(fateOf(data, withLabel('[5e-324,1.7976931348623157e308,1e-999,-0]'))).toEqual([
      'setosa',
      5e-324,
      Number.MAX_VALUE,
      0,
      0,
    ]);
  });

  test('a flat row with escapes in its keys and ignored fields in any place is accepted', () => {
    const row = `{"tags":["x",{"y":1}],"sepal\\u005flength":5.1,"sepal_width":3.5,"species":"setosa","petal_length":1.4,"petal_width":0.2}`;
    expect(fateOf(irisSchema('flat', 'ignore'), row)).toEqual(SETOSA);
  });

  test('a row with unknown fields at either level is accepted when the schema ignores them', () => {
    const row = `{"data":${named(',"colour":"blue"')},"label":"setosa","when":{"at":[1]}}`;
    expect(fateOf(irisSchema('data', 'ignore'), row)).toEqual(SETOSA);
  });

  test('a row in the middle of the bytes is read into the middle of the array, and nothing around it changes', () => {
    const bytes = Buffer.from(`xx${labelled('"virginica"')}yy`);
    const into = new Float64Array(6).fill(9);
    expect(new RowReader(data).read(bytes, 2, bytes.length - 2, into, 1)).toBe(2);
    expect([...into]).toEqual([9, 5.1, 3.5, 1.4, 0.2, 9]);
  });

  test('a row with exactly 10,000 fields, and one with 32 nested brackets, is accepted', () => {
    const fields = Array.from({ length: 9_998 }, (_, i) => `,"${i}":0`).join('');
    const deep = `,"deep":${'['.repeat(31)}${']'.repeat(31)}`;
    const ignoring = irisSchema('data', 'ignore');
    expect(fateOf(ignoring, labelled('"setosa"').replace(/}$/, `${fields}}`))).toEqual(SETOSA);
    expect(fateOf(ignoring, labelled('"setosa"').replace(/}$/, `${deep}}`))).toEqual(SETOSA);
  });
});

describe('rows with a parse fault', () => {
  const utf8 = (row: string, ...broken: number[]) => {
    const [before, after] = row.split('#');
    return Buffer.concat([Buffer.from(before!), Buffer.of(...broken), Buffer.from(after!)]);
  };
  test.each<[string, string | Uint8Array, string]>([
    ['only space', ' \t\r', 'invalid-json'],
    ['random bytes', Buffer.of(0x9c, 0x01, 0xff, 0x7b), 'invalid-json'],
    ['a byte order mark', `\uFEFF${labelled('"setosa"')}`, 'invalid-json'],
    ['UTF-16', Buffer.from(labelled('"setosa"'), 'utf16le'), 'invalid-json'],
    ['a lone continuation byte in a string', utf8(labelled('"seto#sa"'), 0x80), 'invalid-utf8'],
    ['an overlong form in a string', utf8(labelled('"seto#sa"'), 0xc0, 0xaf), 'invalid-utf8'],
    ['a surrogate in UTF-8', utf8(labelled('"seto#sa"'), 0xed, 0xa0, 0x80), 'invalid-utf8'],
    ['a code point above U+10FFFF', utf8(labelled('"seto#sa"'), 0xf4, 0x90, 0x80, 0x80), 'invalid-utf8'],
    ['broken UTF-8 in a key', utf8('{"da#ta":[1,2,3,4],"label":"setosa"}', 0xff), 'invalid-utf8'],
    ['broken UTF-8 outside a string', utf8('{"data":[1,2,#3,4],"label":"setosa"}', 0xff), 'invalid-json'],
    ['truncated', '{"data":[5.1,3.5,1.4,0.2],"label":"set', 'invalid-json'],
    ['two documents', `${labelled('"setosa"')}${labelled('"setosa"')}`, 'invalid-json'],
    ['a trailing comma in the array', withLabel('[5.1,3.5,1.4,0.2,]'), 'invalid-json'],
    ['a trailing comma in the object', '{"data":[5.1,3.5,1.4,0.2],"label":"setosa",}', 'invalid-json'],
    ['a comma too early', '{,"data":[5.1,3.5,1.4,0.2],"label":"setosa"}', 'invalid-json'],
    ['a comment', `${labelled('"setosa"')}//`, 'invalid-json'],
    ['single quotes', labelled("'setosa'"), 'invalid-json'],
    ['NaN', withLabel('[NaN,3.5,1.4,0.2]'), 'invalid-json'],
    ['Infinity', withLabel('[-Infinity,3.5,1.4,0.2]'), 'invalid-json'],
    ['a leading zero', withLabel('[05.1,3.5,1.4,0.2]'), 'invalid-json'],
    ['a control character in a string', labelled('"set\u0001osa"'), 'invalid-json'],
    ['an escape that there is not', labelled('"\\x73etosa"'), 'invalid-json'],
    ['brackets that do not match', withLabel('[5.1,3.5,1.4,0.2}'), 'invalid-json'],
    ['a key without a value', '{"data"}', 'invalid-json'],
    ['data twice', '{"data":[5.1,3.5,1.4,0.2],"data":[1,2,3,4],"label":"setosa"}', 'duplicate-key'],
    [
      'data twice, once in escapes',
      '{"data":[1,2,3,4],"\\u0064ata":[1,2,3,4],"label":"setosa"}',
      'duplicate-key',
    ],
    ['a feature twice', withLabel(named(',"sepal_width":3.5')), 'duplicate-key'],
    ['an unknown key twice', '{"a":1,"data":[1,2,3,4],"a":2,"label":"setosa"}', 'duplicate-key'],
    ['__proto__', '{"data":[1,2,3,4],"label":"setosa","__proto__":{"isAdmin":true}}', 'forbidden-key'],
    ['__proto__ in escapes', '{"data":[1,2,3,4],"label":"setosa","\\u005f_proto__":1}', 'forbidden-key'],
    ['__proto__ among the features', withLabel(named(',"__proto__":1')), 'forbidden-key'],
    ['brackets 100,000 deep', '['.repeat(100_000), 'too-deep'],
    ['objects 100,000 deep', '{"a":'.repeat(100_000), 'too-deep'],
    ['100,000 keys', `{${Array.from({ length: 100_000 }, (_, i) => `"${i}":0`).join()}}`, 'too-many-fields'],
  ])('a row that cannot be parsed is rejected: %s', (_, row, fault) => {
    expect(fateOf(data, row)).toBe(fault);
    expect(fateOf(irisSchema('data', 'ignore'), row)).toBe(fault);
    expect(fateOf(irisSchema('flat', 'ignore'), row)).toBe(fault);
  });

  test.each([
    ['{"x":{"a":1,"b":2,"a":3}}', 'duplicate-key'],
    ['{"x":[[{"a":1,"\\u0061":3}]]}', 'duplicate-key'],
    ['{"x":{"\\ud800":1,"\\uD800":3}}', 'duplicate-key'],
    [`{"x":{${Array.from({ length: 40 }, (_, i) => `"${i}":0`).join()},"7":1}}`, 'duplicate-key'],
    [`{"x":{"k":{},"__proto__":[]}}`, 'forbidden-key'],
    [`{"x":{${Array.from({ length: 10_001 }, (_, i) => `"${i}":0`).join()}}}`, 'too-many-fields'],
    [`{"x":${'['.repeat(32)}${']'.repeat(32)}}`, 'too-deep'],
  ])('a parse fault inside an ignored value rejects the row: %.40s is %s', (row, fault) => {
    expect(fateOf(irisSchema('data', 'ignore'), row)).toBe(fault);
  });

  test('the reason is the first parse fault in byte order', () => {
    expect(fateOf(data, '{"a":1,"a":2,')).toBe('duplicate-key');
    expect(fateOf(data, '{"a":1,"a"')).toBe('duplicate-key');
    expect(fateOf(data, '{"a":1,,"a":2}')).toBe('invalid-json');
    expect(fateOf(data, utf8('{"a":"#', 0xff))).toBe('invalid-utf8');
    expect(fateOf(data, utf8('{"a":"\\q#"}', 0xff))).toBe('invalid-json');
    expect(fateOf(data, utf8('{"a":"#\\q"}', 0xff))).toBe('invalid-utf8');
  });

  test('a row with the keys __proto__ and constructor leaves the prototypes of the process unchanged', () => {
    fateOf(data, '{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}}}');
    expect(({} as Record<string, unknown>).isAdmin).toBeUndefined();
  });
});

describe('rows that parse and are rejected', () => {
  test.each([
    ['[]', 'not-an-object'],
    ['5', 'not-an-object'],
    ['null', 'not-an-object'],
    ['"text"', 'not-an-object'],
    ['{}', 'missing-data'],
    ['{"label":"setosa"}', 'missing-data'],
    [withLabel('null'), 'data-type'],
    [withLabel('5.1'), 'data-type'],
    [withLabel('"5.1,3.5,1.4,0.2"'), 'data-type'],
    [withLabel('true'), 'data-type'],
    [withLabel('[]'), 'feature-count'],
    [withLabel('[5.1,3.5,1.4]'), 'feature-count'],
    [withLabel('[5.1,3.5,1.4,0.2,1]'), 'feature-count'],
    [withLabel('[[5.1,3.5,1.4,0.2]]'), 'feature-count'],
    [withLabel('{}'), 'missing-feature'],
    [withLabel('{"sepal_length":5.1,"sepal_width":3.5,"petal_length":1.4}'), 'missing-feature'],
    [withLabel(named(',"constructor":1')), 'unknown-feature'],
    [withLabel(named(',"Sepal_length":1')), 'unknown-feature'],
    [withLabel('["5.1",3.5,1.4,0.2]'), 'feature-type'],
    [withLabel('["",3.5,1.4,0.2]'), 'feature-type'],
    [withLabel('[true,3.5,1.4,0.2]'), 'feature-type'],
    [withLabel('[null,3.5,1.4,0.2]'), 'feature-type'],
    [withLabel('[[5.1],3.5,1.4,0.2]'), 'feature-type'],
    [withLabel('[{},3.5,1.4,0.2]'), 'feature-type'],
    [withLabel('[1e999,3.5,1.4,0.2]'), 'non-finite'],
    [withLabel('[-1e309,3.5,1.4,0.2]'), 'non-finite'],
    [withLabel(`[${'9'.repeat(900_000)},3.5,1.4,0.2]`), 'non-finite'],
    ['{"data":[5.1,3.5,1.4,0.2]}', 'missing-label'],
    ['{"data":[5.1,3.5,1.4,0.2],"species":"setosa"}', 'unknown-key'],
    [labelled('null'), 'missing-label'],
    [labelled('""'), 'missing-label'],
    [labelled('0'), 'label-type'],
    [labelled('{}'), 'label-type'],
    [labelled('["setosa"]'), 'label-type'],
    [labelled('true'), 'label-type'],
    [labelled('"Setosa"'), 'unknown-class'],
    [labelled('"setosa "'), 'unknown-class'],
    [labelled('"constructor"'), 'unknown-class'],
    [labelled('"\\ud800"'), 'unknown-class'],
    ['{"data":[5.1,3.5,1.4,0.2],"label":"setosa","when":1}', 'unknown-key'],
  ])('the row %.70s is rejected as %s', (row, fault) => {
    expect(fateOf(data, row)).toBe(fault);
  });

  test.each([
    ['{}', 'missing-feature'],
    [named(), 'missing-label'],
    [named(',"species":7'), 'label-type'],
    [named(',"species":"rose"'), 'unknown-class'],
    [named(',"species":"setosa","when":1'), 'unknown-feature'],
    [named(',"species":"setosa","data":[1,2,3,4]'), 'unknown-feature'],
    [
      '{"sepal_length":"5.1","sepal_width":3.5,"petal_length":1.4,"petal_width":0.2,"species":"setosa"}',
      'feature-type',
    ],
    ['[5.1,3.5,1.4,0.2,"setosa"]', 'not-an-object'],
  ])('in the flat layout the row %s is rejected as %s', (row, fault) => {
    expect(fateOf(irisSchema('flat'), row)).toBe(fault);
  });

  test('the order of the fields does not change the reason', () => {
    expect(fateOf(data, '{"data":["a",1e999,1],"label":5}')).toBe('feature-count');
    expect(fateOf(data, '{"label":5,"data":["a",1e999,1]}')).toBe('feature-count');
    expect(fateOf(data, '{"label":5,"data":[1e999,1,1,"a"],"more":1}')).toBe('unknown-key');
  });

  test('a parse fault at the end of the row takes precedence over other faults', () => {
    expect(fateOf(data, '{"data":["5.1",3.5,1.4,0.2],"label":"rose"')).toBe('invalid-json');
    expect(fateOf(data, '[] []')).toBe('invalid-json');
    expect(fateOf(data, '{"data":["5.1"],"label":"rose","x":{"a":1,"a":2}}')).toBe('duplicate-key');
  });
});

test('a rejected row does not affect the next row', () => {
  const reader = new RowReader(data);
  const into = new Float64Array(4);
  const read = (row: string) => reader.read(Buffer.from(row), 0, Buffer.byteLength(row), into, 0);
  for (const bad of [
    '',
    '{"data":[1,2,3,4],"label":"virginica"',
    '{"label":"virginica","data":{}}',
    '[[[[',
  ]) {
    expect(read(bad)).toBe(-1);
    expect(read('{"data":[5.1,3.5,1.4,0.2]}')).toBe(-1);
    expect(reader.fault).toBe('missing-label');
    expect(read(labelled('"versicolor"'))).toBe(1);
  }
});
