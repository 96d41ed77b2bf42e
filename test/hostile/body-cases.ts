/** The body of a prediction request, and its answer. */
export type BodyCase = readonly [what: string, body: string | Uint8Array, status: number, code: string];

const keys = (count: number) => `{${Array.from({ length: count }, (_, i) => `"k${i}":1`).join(',')}}`;
const row = (feature: string) => `{"data":[5.1,3.5,1.4,${feature}]}`;
const rows = (count: number, each = '[1,1,1,1]') => `{"data":[${Array(count).fill(each).join(',')}]}`;
const named = (fields: string) => `{"data":{"sepal_length":1,"sepal_width":1,"petal_length":1${fields}}}`;

function bytesInString(...bytes: readonly number[]): Buffer {
  return Buffer.concat([Buffer.from('{"data":["'), Buffer.from(bytes), Buffer.from('",1,1,1]}')]);
}

export const CANNOT_BE_PARSED: readonly BodyCase[] = [
  ['is empty', '', 400, 'invalid-json'],
  ['is a space', ' ', 400, 'invalid-json'],
  ['is truncated', '{"data":[1,1', 400, 'invalid-json'],
  ['ends inside a string', '{"data', 400, 'invalid-json'],
  ['ends inside an escape', '{"data\\u00', 400, 'invalid-json'],
  ['has a trailing comma', '{"data":[1,1,1,1,]}', 400, 'invalid-json'],
  ['has a comment', '{"data":[1,1,1,1]/**/}', 400, 'invalid-json'],
  ['has single quotes', "{'data':[1,1,1,1]}", 400, 'invalid-json'],
  ['has a bare key', '{data:[1,1,1,1]}', 400, 'invalid-json'],
  ['is two documents', '{"data":[1,1,1,1]}{"data":[1,1,1,1]}', 400, 'invalid-json'],
  ['is two lines', '{"data":[1,1,1,1]}\n{"data":[1,1,1,1]}', 400, 'invalid-json'],
  ['ends with a zero byte', '{"data":[1,1,1,1]}\0', 400, 'invalid-json'],
  ['holds NaN', row('NaN'), 400, 'invalid-json'],
  ['holds Infinity', row('Infinity'), 400, 'invalid-json'],
  ['holds -Infinity', row('-Infinity'), 400, 'invalid-json'],
  ['holds a number in hexadecimal', row('0x10'), 400, 'invalid-json'],
  ['holds a number with a leading zero', row('01'), 400, 'invalid-json'],
  ['holds a number with a plus', row('+1'), 400, 'invalid-json'],
  ['holds a number without a digit before the point', row('.5'), 400, 'invalid-json'],
  ['holds a control character in a string', row('"a\nb"'), 400, 'invalid-json'],
  ['begins with a byte order mark', '\uFEFF{"data":[1,1,1,1]}', 400, 'invalid-json'],
  ['is UTF-16', Buffer.from('{"data":[1,1,1,1]}', 'utf16le'), 400, 'invalid-json'],
  ['is UTF-16 with its mark', Buffer.from('\uFEFF{"data":[1,1,1,1]}', 'utf16le'), 400, 'invalid-json'],
  ['is a gzip file', Buffer.from('1f8b080000000000000003', 'hex'), 400, 'invalid-json'],
  ['holds a byte that no UTF-8 has', bytesInString(0xff), 400, 'invalid-utf8'],
  ['holds an overlong slash', bytesInString(0xc0, 0xaf), 400, 'invalid-utf8'],
  ['holds half a surrogate pair in UTF-8', bytesInString(0xed, 0xa0, 0x80), 400, 'invalid-utf8'],
  ['has a key twice', '{"data":[1,1,1,1],"data":[1,1,1,1]}', 400, 'duplicate-key'],
  ['has a key twice, once escaped', '{"data":[1,1,1,1],"d\\u0061ta":[1,1,1,1]}', 400, 'duplicate-key'],
  ['has a key twice inside a value that nobody asked for', '{"x":{"a":1,"a":2}}', 400, 'duplicate-key'],
  ['has the key __proto__', '{"data":[1,1,1,1],"__proto__":1}', 400, 'forbidden-key'],
  ['has it escaped', '{"data":[1,1,1,1],"\\u005f_proto__":1}', 400, 'forbidden-key'],
  ['has it inside a row', named(',"__proto__":{"petal_width":1}'), 400, 'forbidden-key'],
  ['is half a million nested arrays', '['.repeat(500_000) + ']'.repeat(500_000), 400, 'too-deep'],
  ['is 150,000 nested objects', '{"a":'.repeat(150_000), 400, 'too-deep'],
  ['has 90,000 keys', keys(90_000), 400, 'too-many-fields'],
];

const IS_NOT_ACCEPTABLE: readonly BodyCase[] = [
  ['is an array', '[1,1,1,1]', 422, 'not-an-object'],
  ['is null', 'null', 422, 'not-an-object'],
  ['is a number', '5', 422, 'not-an-object'],
  ['is a string', '"a"', 422, 'not-an-object'],
  ['lacks data', '{}', 422, 'missing-data'],
  ['spells data otherwise', '{"Data":[1,1,1,1]}', 422, 'unknown-key'],
  ['has data null', '{"data":null}', 422, 'data-type'],
  ['has data as text', '{"data":"5.1,3.5"}', 422, 'data-type'],
  ['has data {}', '{"data":{}}', 422, 'missing-feature'],
  ['has no rows', '{"data":[]}', 422, 'empty-rows'],
  ['has one empty row', '{"data":[[]]}', 422, 'feature-count'],
  ['has too many rows', rows(1_001), 422, 'too-many-rows'],
  ['has 200,000 empty rows', rows(200_000, '[]'), 422, 'too-many-rows'],
  ['has three numbers', '{"data":[1,1,1]}', 422, 'feature-count'],
  ['has five numbers', '{"data":[1,1,1,1,1]}', 422, 'feature-count'],
  ['has half a million numbers', `{"data":[${Array(500_000).fill('1').join(',')}]}`, 422, 'feature-count'],
  ['has a feature as text', row('"5.1"'), 422, 'feature-type'],
  ['has a feature as empty text', row('""'), 422, 'feature-type'],
  ['has a feature as true', row('true'), 422, 'feature-type'],
  ['has a feature as a list', row('[5]'), 422, 'feature-type'],
  ['has a feature as null', row('null'), 422, 'feature-type'],
  ['has a feature of 1e999', row('1e999'), 422, 'non-finite'],
  ['has a feature of -1e999', row('-1e999'), 422, 'non-finite'],
  ['has a feature of a million digits', row('9'.repeat(1_000_000)), 422, 'non-finite'],
  ['has an exponent of a million digits', row(`1e${'9'.repeat(1_000_000)}`), 422, 'non-finite'],
  ['has another top-level key', '{"data":[1,1,1,1],"label":"setosa"}', 422, 'unknown-key'],
  ['has a feature called constructor', named(',"petal_width":1,"constructor":1'), 422, 'unknown-feature'],
  ['has a feature called toString in place of one', named(',"toString":1'), 422, 'missing-feature'],
  ['lacks a named feature', named(''), 422, 'missing-feature'],
];

export const BODY_CASES: readonly BodyCase[] = [...CANNOT_BE_PARSED, ...IS_NOT_ACCEPTABLE];

/** Odd, and fine. */
export const GOOD_BODIES: readonly (readonly [what: string, body: string])[] = [
  ['tiny numbers and −0', '{"data":[1e-999,-0,5e-324,1]}'],
  ['the largest double', '{"data":[1.7976931348623157e308,1,1,1]}'],
  ['a million zeros behind the point', `{"data":[0.${'0'.repeat(1_000_000)}1,1,1,1]}`],
  ['space of every kind', ' \t\r\n{ "data" :\n[ 1 , 1 , 1 , 1 ] } \r\n'],
  ['an escaped key', '{"\\u0064ata":[1,1,1,1]}'],
  ['as many rows as are allowed', rows(1_000)],
  [
    'rows by position and by name in one list',
    `{"data":[[1,1,1,1],${named(',"petal_width":1').slice(8, -1)}]}`,
  ],
];

export const TYPES_REFUSED = [
  '',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=a',
  'application/json; charset=utf-16',
  'application/json; charset=utf-8; a=b',
  'application/json, text/plain',
  'application/jsonp',
  'application/json;',
  '*/*',
];

export const TYPES_READ = [
  'application/json',
  'application/json; charset=utf-8',
  'Application/JSON;charset="UTF-8"',
];
