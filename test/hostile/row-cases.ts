import type { RowFault } from '../../shared/errors';
import { VALUE_BYTES_MAX } from '../../shared/row/message-reader';
import type { OutgoingMessage } from '../../shared/row-log/row-log';
import { seededDraw } from '../row/mutations';

/** Stands in every value that a reason, a header or a log line could be tempted to repeat. */
export const SECRET = 'zq7secret';

/** A message, and the fate of each of its lines, in order. */
export interface RowCase extends OutgoingMessage {
  readonly what: string;
  readonly fates: readonly (RowFault | 'accepted')[];
}

export const GOOD_ROW = '{"data":[5.1,3.5,1.4,0.2],"label":"setosa"}';

const one = (what: string, value: RowCase['value'], fate: RowFault | 'accepted' = 'accepted'): RowCase => ({
  what,
  value,
  fates: [fate],
});
const row = (feature: string) => `{"data":[5.1,3.5,1.4,${feature}],"label":"setosa"}`;
const labelled = (label: string) => `{"data":[5.1,3.5,1.4,0.2],"label":${label}}`;
const named = (fields: string) => `{"data":{${fields}},"label":"setosa"}`;
const THREE = '"sepal_length":5,"sepal_width":3,"petal_length":1';
const padded = (bytes: number) => GOOD_ROW + ' '.repeat(bytes - GOOD_ROW.length);
/** In base 36 they are short enough for a value of the largest size. */
const keys = Array.from({ length: 100_000 }, (_, i) => `"${i.toString(36)}":1`).join(',');

function withBytes(...bytes: readonly number[]): Buffer {
  return Buffer.concat([
    Buffer.from(`{"data":[1,1,1,1],"label":"${SECRET}`),
    Buffer.of(...bytes),
    Buffer.from('"}'),
  ]);
}

const draw = seededDraw(4);
/** No line feed among them: that would make several lines. */
const RANDOM_BYTES = Uint8Array.from({ length: 500 }, () => 11 + draw(245));

const NO_TEXT: readonly RowCase[] = [
  one('a null value', null, 'null-value'),
  one('a value of zero length', '', 'empty-value'),
  one('space', '  \t ', 'invalid-json'),
  one('a newline alone', '\n', 'empty-value'),
  one('random bytes', RANDOM_BYTES, 'invalid-json'),
  one('a byte that no UTF-8 has', withBytes(0xff), 'invalid-utf8'),
  one('an overlong slash', withBytes(0xc0, 0xaf), 'invalid-utf8'),
  one('half a surrogate pair in UTF-8', withBytes(0xed, 0xa0, 0x80), 'invalid-utf8'),
  one('a character that ends too early', withBytes(0xe2, 0x82), 'invalid-utf8'),
  one('a byte order mark', `\uFEFF${GOOD_ROW}`, 'invalid-json'),
  one('UTF-16', Buffer.from(GOOD_ROW, 'utf16le'), 'invalid-json'),
];

const NO_ROW: readonly RowCase[] = [
  one('truncated JSON', `{"data":[5.1,3.5],"label":"${SECRET}`, 'invalid-json'),
  one('two documents on one line', GOOD_ROW + GOOD_ROW, 'invalid-json'),
  one('a zero byte behind the row', `${GOOD_ROW}\0`, 'invalid-json'),
  one('an array', `["${SECRET}"]`, 'not-an-object'),
  one('a number', '5', 'not-an-object'),
  one('the word null', 'null', 'not-an-object'),
  one('a key twice', `{"data":[1,1,1,1],"label":"${SECRET}","label":"${SECRET}"}`, 'duplicate-key'),
  one(
    'a key twice, once escaped',
    '{"data":[1,1,1,1],"l\\u0061bel":"setosa","label":"setosa"}',
    'duplicate-key',
  ),
  one('__proto__', `{"data":[1,1,1,1],"label":"setosa","__proto__":{"${SECRET}":1}}`, 'forbidden-key'),
  one(
    '__proto__, escaped',
    `{"data":[1,1,1,1],"label":"setosa","\\u005f_proto__":{"${SECRET}":1}}`,
    'forbidden-key',
  ),
  one('constructor with a prototype', `{"constructor":{"prototype":{"${SECRET}":1}}}`, 'unknown-key'),
  one('depth 100,000', '['.repeat(100_000) + ']'.repeat(100_000), 'too-deep'),
  one('depth 100,000 inside a field', `{"data":${'{"a":'.repeat(100_000)}`, 'too-deep'),
  one('100,000 keys', `{${keys}}`, 'too-many-fields'),
  one('a value one byte past the limit', padded(VALUE_BYTES_MAX + 1), 'too-large'),
  one('more lines than a message may have', '\n'.repeat(60_000), 'too-large'),
  one('another key', `{"data":[1,1,1,1],"label":"setosa","${SECRET}":1}`, 'unknown-key'),
];

const NO_GOOD_ROW: readonly RowCase[] = [
  one('no data', '{"label":"setosa"}', 'missing-data'),
  one('no label', '{"data":[5.1,3.5,1.4,0.2]}', 'missing-label'),
  one('a label null', labelled('null'), 'missing-label'),
  one('an empty label', labelled('""'), 'missing-label'),
  one('a number for a label', labelled('7'), 'label-type'),
  one('an object for a label', labelled(`{"${SECRET}":1}`), 'label-type'),
  one('a label that the schema does not have', labelled(`"${SECRET}"`), 'unknown-class'),
  one('a label called constructor', labelled('"constructor"'), 'unknown-class'),
  one('a feature too few', '{"data":[5.1,3.5,1.4],"label":"setosa"}', 'feature-count'),
  one('a feature too many', '{"data":[5.1,3.5,1.4,0.2,1],"label":"setosa"}', 'feature-count'),
  one('a named feature too few', named(THREE), 'missing-feature'),
  one('an unknown feature', named(`${THREE},"petal_width":1,"${SECRET}":1`), 'unknown-feature'),
  one('a feature as text', row(`"${SECRET}"`), 'feature-type'),
  one('a number as text', row('"0.2"'), 'feature-type'),
  one('a feature true', row('true'), 'feature-type'),
  one('a feature null', row('null'), 'feature-type'),
  one('a feature as a list', row('[0.2]'), 'feature-type'),
  one('1e999', row('1e999'), 'non-finite'),
  one('-1e999', row('-1e999'), 'non-finite'),
];

const LINES: readonly RowCase[] = [
  {
    what: 'several lines, one of them bad and one empty',
    value: [GOOD_ROW, SECRET, '', GOOD_ROW].join('\n'),
    fates: ['accepted', 'invalid-json', 'empty-value', 'accepted'],
  },
  { what: 'a final newline', value: `${GOOD_ROW}\n`, fates: ['accepted'] },
  { what: 'two final newlines', value: `${GOOD_ROW}\n\n`, fates: ['accepted', 'empty-value'] },
  {
    what: 'lines that end as on Windows',
    value: `${GOOD_ROW}\r\n${GOOD_ROW}\r\n`,
    fates: ['accepted', 'accepted'],
  },
];

const HEADERS: readonly RowCase[] = [
  {
    ...one('a header that says gzip', GOOD_ROW, 'unsupported-encoding'),
    headers: { 'content-encoding': 'gzip' },
  },
  {
    ...one('the same in other case', GOOD_ROW, 'unsupported-encoding'),
    headers: { 'Content-Encoding': 'GZIP' },
  },
  { ...one('a header that says identity', GOOD_ROW), headers: { 'content-encoding': 'identity' } },
  { ...one('forged headers on a good row', GOOD_ROW), headers: forged() },
  { ...one('forged headers on a bad row', SECRET, 'invalid-json'), headers: forged() },
];

const GOOD: readonly RowCase[] = [
  one('a value at the limit', padded(VALUE_BYTES_MAX)),
  one('the smallest double', row('5e-324')),
  one('a number below it', row('1e-999')),
  one('minus zero', row('-0')),
  one('the largest double', row('1.7976931348623157e308')),
  one(
    'a named row in another order',
    named('"petal_width":1,"petal_length":1,"sepal_width":3,"sepal_length":5'),
  ),
];

function forged(): Record<string, string> {
  return { 'alder-topic': SECRET, 'alder-offset': '999', 'alder-reason': SECRET, 'alder-row': SECRET };
}

export const ROW_CASES: readonly RowCase[] = [
  ...NO_TEXT,
  ...NO_ROW,
  ...NO_GOOD_ROW,
  ...LINES,
  ...HEADERS,
  ...GOOD,
];
