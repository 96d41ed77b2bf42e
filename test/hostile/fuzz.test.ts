import type { Schema } from '../../shared/row/schema';
import { seededDraw } from '../row/mutations';
import { type FuzzPlan, messagePlan, requestPlan, rowPlan, schemaWith } from './fuzz-plans';

/**
 * Generated rows and requests, checked against a reader that is slow and shares no code. The normal run has 200,000
 * inputs, some two seconds; CI has a million, `npm run test:fuzz` ten. Each seed makes INPUTS_PER_SEED inputs; a
 * failure names its seed, and FUZZ_SEED alone runs just that one.
 */
const INPUTS_PER_SEED = 1_000;
const INPUTS = Number(process.env.FUZZ_INPUTS ?? 200_000);
const FIRST_SEED = Number(process.env.FUZZ_SEED ?? 1);
const DIFFERENCES_SHOWN_MAX = 5;
/** Of the inputs of a plan: inputs that are nearly all broken in the same way would prove little. */
const FATE_SHARE_MIN = 1 / 20_000;
const ACCEPTED_SHARE_MIN = 1 / 20;
const FATE_SHARE_MAX = 2 / 3;

const texts = (...lines: string[]) => lines.map((line) => Uint8Array.from(Buffer.from(line)));

const DATA_ROWS = texts(
  '{"data":[5.1,-3.5],"label":"a"}',
  ' { "label" : "b" , "data" : { "width" : 0.25 , "height" : 1e3 } } ',
  '{"data":{"height":1,"width":2},"label":"é"}',
  '{"data":{"height":1,"width":2,"depth":3},"label":"a"}',
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
  '{"data":{"height":1,"width":2,"depth":3}}',
  '{"data":[[5.1,3.5],[4,2],[1,-0]]}',
  '{"data":[{"height":1,"width":2},[3,4]]}',
  '{"data":[[5],3.5]}',
);

const PARSE_FATES = ['invalid-json', 'invalid-utf8', 'duplicate-key', 'forbidden-key', 'too-deep'];
const ROW_FATES = [
  ...PARSE_FATES,
  'accepted',
  'not-an-object',
  'missing-feature',
  'feature-type',
  'non-finite',
  'missing-label',
  'label-type',
  'unknown-class',
];
const DATA_FATES = [...ROW_FATES, 'missing-data', 'data-type', 'feature-count'];
const REQUEST_FATES = [
  ...PARSE_FATES,
  'accepted',
  'not-an-object',
  'unknown-key',
  'missing-data',
  'data-type',
  'empty-rows',
  'too-many-rows',
  'feature-count',
  'missing-feature',
  'unknown-feature',
  'feature-type',
  'non-finite',
];

const rows = (
  layout: Schema['layout'],
  extraFields: Schema['extraFields'],
  seeds: readonly Uint8Array[],
): FuzzPlan => rowPlan(schemaWith(layout, extraFields), seeds);

/** `share` of all inputs: a message holds several rows, so it gets fewer. `fates` are the fates that have to occur. */
const PLANS: readonly [what: string, share: number, plan: FuzzPlan, fates: readonly string[]][] = [
  [
    'rows of layout data',
    0.2,
    rows('data', 'reject', DATA_ROWS),
    [...DATA_FATES, 'unknown-key', 'unknown-feature'],
  ],
  ['rows of layout data beside other fields', 0.2, rows('data', 'ignore', DATA_ROWS), DATA_FATES],
  ['rows of layout flat', 0.2, rows('flat', 'reject', FLAT_ROWS), [...ROW_FATES, 'unknown-feature']],
  ['rows of layout flat beside other fields', 0.15, rows('flat', 'ignore', FLAT_ROWS), ROW_FATES],
  [
    'messages of several lines',
    0.05,
    messagePlan(schemaWith('data', 'reject'), DATA_ROWS),
    ['one line', 'several lines'],
  ],
  ['request bodies', 0.2, requestPlan(REQUESTS), REQUEST_FATES],
];

// Most inputs make JSON.parse throw, and noting where from would take a third of the time.
const { stackTraceLimit } = Error;
beforeAll(() => {
  Error.stackTraceLimit = 0;
});
afterAll(() => {
  Error.stackTraceLimit = stackTraceLimit;
});

test.each(PLANS)(
  '%s are accepted or refused, with the same values, as by JSON.parse and the written rules',
  (what, share, plan, fates) => {
    const isOneSeed = process.env.FUZZ_SEED !== undefined && process.env.FUZZ_INPUTS === undefined;
    const seeds = isOneSeed ? 1 : Math.ceil((INPUTS * share) / INPUTS_PER_SEED);
    const met = new Map<string, number>();
    const differences: string[] = [];
    for (let seed = FIRST_SEED; seed < FIRST_SEED + seeds; seed++) {
      const draw = seededDraw(seed);
      for (let i = 0; i < INPUTS_PER_SEED; i++) {
        const { input, seen, expected, fate } = plan(draw);
        met.set(fate, (met.get(fate) ?? 0) + 1);
        if (seen === expected || differences.length === DIFFERENCES_SHOWN_MAX) continue;
        const text = JSON.stringify(Buffer.from(input).toString('latin1'));
        differences.push(`FUZZ_SEED=${seed}, input ${i} of ${what}, ${text}: ${seen}, not ${expected}`);
      }
    }
    expect(differences).toEqual([]);
    if (isOneSeed) return;
    const shareOf = (fate: string) => (met.get(fate) ?? 0) / (seeds * INPUTS_PER_SEED);
    expect(fates.filter((fate) => shareOf(fate) < FATE_SHARE_MIN)).toEqual([]);
    if (!fates.includes('accepted')) return;
    expect(shareOf('accepted')).toBeGreaterThan(ACCEPTED_SHARE_MIN);
    expect(Math.max(...[...met.keys()].map(shareOf))).toBeLessThan(FATE_SHARE_MAX);
  },
  600_000,
);
