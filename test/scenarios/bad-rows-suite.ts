import { createHash } from 'node:crypto';
import type { RowFault } from '../../shared/errors';
import type { VersionRecord } from '../../shared/model-registry/version-record';
import { VALUE_BYTES_MAX } from '../../shared/row/message-reader';
import type { OutgoingMessage } from '../../shared/row-log/row-log';
import { eventually, useAlder } from '../support/alder-process';
import type { ReadMessage } from '../support/log-reading';
import {
  isAtEnd,
  newestRecord,
  type OpenPlace,
  readWholeLog,
  type ScenarioPlace,
} from '../support/scenario-places';

const MODEL = 'bad-rows';
const GOOD = '{"data":[5.1,3.5,1.4,0.2],"label":"setosa"}';
const GOOD_TOO =
  '{"data":{"sepal_length":6,"sepal_width":3,"petal_length":5,"petal_width":2},"label":"virginica"}';
const INVALID_UTF8 = Buffer.concat([
  Buffer.from('{"data":[5.1,3.5,1.4,0.2],"label":"set'),
  Buffer.of(0xff, 0xc0),
  Buffer.from('osa"}'),
]);
const TOO_LARGE = Buffer.alloc(VALUE_BYTES_MAX + 1, ' ');

/** One bad line; `bytes` is the part that the dead-letter topic must hold: all of it unless it is too large. */
interface BadLine {
  readonly line: number;
  readonly reason: RowFault;
  readonly bytes: Uint8Array | string | null;
}

interface Sent extends OutgoingMessage {
  readonly good: number;
  readonly bad: readonly BadLine[];
}

function alone(reason: RowFault, value: Uint8Array | string | null): Sent {
  return { value, good: 0, bad: [{ line: 0, reason, bytes: value }] };
}

/** Each bad message stands between good ones; message i has offset i. */
const SENT: readonly Sent[] = [
  { value: GOOD, good: 1, bad: [] },
  alone('invalid-json', 'sepal_length=5.1'),
  alone('null-value', null),
  { value: GOOD_TOO, good: 1, bad: [] },
  alone('invalid-utf8', INVALID_UTF8),
  alone('empty-value', ''),
  alone('feature-count', '{"data":[5.1,3.5,1.4],"label":"setosa"}'),
  alone('feature-type', '{"data":["5.1",3.5,1.4,0.2],"label":"setosa"}'),
  alone('non-finite', '{"data":[1e999,3.5,1.4,0.2],"label":"setosa"}'),
  alone('duplicate-key', '{"data":[5.1,3.5,1.4,0.2],"label":"setosa","label":"setosa"}'),
  alone('unknown-key', '{"data":[5.1,3.5,1.4,0.2],"label":"setosa","store":17}'),
  alone('missing-label', '{"data":[5.1,3.5,1.4,0.2]}'),
  alone('unknown-class', '{"data":[5.1,3.5,1.4,0.2],"label":"Setosa"}'),
  {
    value: [GOOD, 'not a row', GOOD_TOO, '', GOOD, '{"data":[],"label":"setosa"}'].join('\n'),
    good: 3,
    bad: [
      { line: 1, reason: 'invalid-json', bytes: 'not a row' },
      { line: 3, reason: 'empty-value', bytes: '' },
      { line: 5, reason: 'feature-count', bytes: '{"data":[],"label":"setosa"}' },
    ],
  },
  {
    value: TOO_LARGE,
    good: 0,
    bad: [{ line: 0, reason: 'too-large', bytes: TOO_LARGE.subarray(0, 65_536) }],
  },
  { value: GOOD, good: 1, bad: [] },
];

const goodRows = SENT.reduce((sum, { good }) => sum + good, 0);
const badRows = SENT.reduce((sum, { bad }) => sum + bad.length, 0);

function hexOf(bytes: Uint8Array | string | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString('hex');
}

/** Sends bad rows among good ones through a real trainer. */
export function badRowsSuite(open: OpenPlace): void {
  const alder = useAlder();
  let place: ScenarioPlace;
  let record: VersionRecord;
  let rejected: ReadMessage[];

  beforeAll(async () => {
    place = await open();
    for (const { value } of SENT) await place.log.append(0, [{ value }]);
    const registry = await place.registry(`${place.topic}-${MODEL}`);
    const trainer = alder.start(['train', '--model', registry.model, '--trainer-port', '0'], {
      environment: { ...place.environment, ALDER_BATCH_WAIT_MS: '50' },
    });
    const isDone = async () => isAtEnd(await newestRecord(registry), place.log);
    await eventually(isDone, (done) => done);
    expect((await trainer.end('SIGINT')).status).toBe(0);
    record = (await newestRecord(registry))!;
    rejected = await readWholeLog(await place.rejectedLog());
  }, 30_000);

  afterAll(() => place.remove());

  test("the record's ledger counts every message, every good row and every bad one", () => {
    expect(record.lineage).toHaveLength(1);
    expect(record.lineage[0]).toMatchObject({
      start: '0',
      next: String(SENT.length),
      messages: SENT.length,
      skipped: 0,
      accepted: goodRows,
      rejected: badRows,
    });
    expect(record.rows).toMatchObject({ window: goodRows, rejected: badRows });
  });

  test('each bad row is in the dead-letter topic once, with its original bytes, in the order of the log', () => {
    const expected = SENT.flatMap(({ bad }) => bad.map(({ bytes }) => hexOf(bytes)));
    expect(rejected.map(({ hex }) => hex)).toEqual(expected);
  });

  test('a rejected row carries its coordinates and its reason', () => {
    const expected = SENT.flatMap(({ bad }, offset) =>
      bad.map(({ line, reason }) => ({
        'alder-topic': place.topic,
        'alder-partition': '0',
        'alder-offset': String(offset),
        'alder-line': String(line),
        'alder-reason': reason,
        'alder-attempt': '1',
      })),
    );
    expect(rejected.map(({ headers }) => headers)).toEqual(
      expected.map((headers) => expect.objectContaining(headers)),
    );
  });

  test('a rejected row that is too large to keep carries its length and its sha256', () => {
    const tooLarge = rejected.filter(({ headers }) => headers!['alder-reason'] === 'too-large');
    expect(tooLarge.map(({ headers }) => headers)).toEqual([
      expect.objectContaining({
        'alder-bytes': String(TOO_LARGE.length),
        'alder-sha256': createHash('sha256').update(TOO_LARGE).digest('hex'),
      }),
    ]);
  });

  test('the key of a rejected row is its coordinates', async () => {
    const expected = SENT.flatMap(({ bad }, offset) =>
      bad.map(({ line }) => `${place.topic}/0/${offset}/${line}`),
    );
    const keys = await place.rejectedKeys();
    if (keys !== null) expect(keys).toEqual(expected);
  });
}
