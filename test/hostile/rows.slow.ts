import { createHash } from 'node:crypto';
import type { VersionRecord } from '../../shared/model-registry/version-record';
import { MessageReader } from '../../shared/row/message-reader';
import { RowColumns } from '../../shared/row/row-columns';
import { schemaDigest } from '../../shared/row/schema';
import type { OutgoingMessage } from '../../shared/row-log/row-log';
import { type AlderExit, eventually, useAlder } from '../support/alder-process';
import type { ReadMessage } from '../support/log-reading';
import { IRIS_SCHEMA } from '../support/pipeline';
import {
  embeddedPlace,
  isAtEnd,
  newestRecord,
  readWholeLog,
  type ScenarioPlace,
} from '../support/scenario-places';
import { GOOD_ROW, ROW_CASES, SECRET } from './row-cases';

const MODEL = 'decisiontree';
/** Two good rows behind each case: fewer than half of the rows are bad, so nothing but the cases is put to the test. */
const GOOD_NEIGHBOURS = 2;
const STRIDE = 1 + GOOD_NEIGHBOURS;
const KEPT_BYTES_MAX = 65_536;

const MESSAGES: readonly OutgoingMessage[] = ROW_CASES.flatMap((each) => [
  each,
  ...Array.from({ length: GOOD_NEIGHBOURS }, () => ({ value: GOOD_ROW })),
]);
const fates = ROW_CASES.flatMap((each) => each.fates);
const goodRows = fates.filter((fate) => fate === 'accepted').length + ROW_CASES.length * GOOD_NEIGHBOURS;
const badRows = fates.filter((fate) => fate !== 'accepted').length;

const alder = useAlder();
const places: ScenarioPlace[] = [];
const exits: AlderExit[] = [];

interface Outcome {
  readonly place: ScenarioPlace;
  readonly record: VersionRecord;
  /** By coordinates; of copies the first, as every reader of the topic has to take it. */
  readonly rejected: ReadonlyMap<string, ReadMessage>;
}

let straight: Outcome;
let broken: Outcome;

beforeAll(async () => {
  straight = await trained(0);
  broken = await trained(3);
}, 60_000);

afterAll(() => Promise.all(places.map((place) => place.remove())));

/** Brings all messages into versions; the trainer is killed `kills` times, each time after it got further. */
async function trained(kills: number): Promise<Outcome> {
  const place = await embeddedPlace();
  places.push(place);
  const registry = await place.registry(MODEL);
  const parts = kills + 1;
  for (let part = 0; part < parts; part++) {
    const environment = { ...place.environment, ALDER_BATCH_WAIT_MS: '50', ALDER_LEASE_MS: '500' };
    const trainer = alder.start(['train', '--trainer-port', '0', '--log', 'json'], { environment });
    const from = Math.floor((MESSAGES.length * part) / parts);
    for (const message of MESSAGES.slice(from, Math.floor((MESSAGES.length * (part + 1)) / parts))) {
      await place.log.append(0, [message]);
    }
    const isLast = part === parts - 1;
    const look = async () => ({
      record: await newestRecord(registry),
      isDone: await isAtEnd(await newestRecord(registry), place.log),
    });
    await eventually(look, ({ record, isDone }) =>
      isLast ? isDone : Number(record?.lineage[0]?.next ?? 0) > from,
    );
    exits.push(await trainer.end(isLast ? 'SIGTERM' : 'SIGKILL'));
  }
  const rejected = new Map<string, ReadMessage>();
  for (const message of await readWholeLog(await place.rejectedLog())) {
    const { headers } = message;
    const coordinates = `${headers!['alder-offset']}/${headers!['alder-line']}`;
    if (!rejected.has(coordinates)) rejected.set(coordinates, message);
  }
  return { place, record: (await newestRecord(registry))!, rejected };
}

/** Of a hex text; null for a null value, and for a message that is missing, whose headers are then missing too. */
function sha256(hex: string | null): string | null {
  return hex === null ? null : createHash('sha256').update(hex, 'hex').digest('hex');
}

function linesOf(value: OutgoingMessage['value']): (Buffer | null)[] {
  if (value === null) return [null];
  const bytes = Buffer.from(value);
  const lines: Buffer[] = [];
  for (let from = 0; from < bytes.length || lines.length === 0; ) {
    const newline = bytes.indexOf(10, from);
    const to = newline < 0 ? bytes.length : newline;
    lines.push(bytes.subarray(from, to));
    from = to + 1;
  }
  return lines;
}

test.each(ROW_CASES.map((each, i) => ({ ...each, offset: i * STRIDE })))(
  'a message with $what becomes $fates, with its bytes and its coordinates',
  ({ value, fates, offset }) => {
    for (const [line, fate] of fates.entries()) {
      const message = straight.rejected.get(`${offset}/${line}`);
      if (fate === 'accepted') {
        expect(message).toBeUndefined();
        continue;
      }
      const isWhole = fate === 'too-large' || fate === 'unsupported-encoding';
      const bytes = isWhole ? Buffer.from(value!) : linesOf(value)[line]!;
      const kept = fate === 'too-large' ? bytes!.subarray(0, KEPT_BYTES_MAX) : bytes;
      // As digests, since some are a megabyte long.
      expect(sha256(message?.hex ?? null)).toBe(sha256(kept === null ? null : kept.toString('hex')));
      expect(message?.headers).toEqual({
        'alder-topic': straight.place.topic,
        'alder-partition': '0',
        'alder-offset': String(offset),
        'alder-line': String(line),
        'alder-reason': fate,
        'alder-attempt': '1',
        'alder-schema': schemaDigest(IRIS_SCHEMA),
        ...(fate === 'too-large' && {
          'alder-bytes': String(bytes!.length),
          'alder-sha256': createHash('sha256').update(bytes!).digest('hex'),
        }),
      });
    }
    expect(straight.rejected.has(`${offset}/${fates.length}`)).toBe(false);
  },
);

test('the ledger counts every message and every line, good neighbours of bad rows too', () => {
  expect(straight.record.lineage[0]).toMatchObject({
    start: '0',
    next: String(MESSAGES.length),
    messages: MESSAGES.length,
    skipped: 0,
    accepted: goodRows,
    rejected: badRows,
  });
  expect(straight.rejected.size).toBe(badRows);
});

test('three kills with SIGKILL change neither the rows, nor the tree, nor the rejected rows', () => {
  expect(exits.filter(({ signal }) => signal === 'SIGKILL')).toHaveLength(3);
  const { rows, tree, lineage } = straight.record;
  const again = broken.record;
  expect(again.rows.digest).toBe(rows.digest);
  expect(again.tree.digest).toBe(tree.digest);
  const ledger = ({ next, messages, accepted, rejected, skipped }: VersionRecord['lineage'][number]) =>
    [next, messages, accepted, rejected, skipped].join();
  expect(ledger(again.lineage[0]!)).toBe(ledger(lineage[0]!));
  const contents = ({ rejected }: Outcome) =>
    [...rejected].map(([coordinates, { hex, headers }]) => [coordinates, sha256(hex), headers]);
  expect(contents(broken)).toEqual(contents(straight));
});

test('a replay gives the same versions', async () => {
  for (const { place, record } of [straight, broken]) {
    const exit = await alder.run(['replay', String(record.version)], { environment: place.environment });
    expect([exit.status, exit.stderr]).toEqual([0, []]);
  }
});

test('no log line and no header of a rejected row contains a value', () => {
  const lines = exits.flatMap(({ stdout, stderr }) => [...stdout, ...stderr]);
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.filter((line) => line.includes(SECRET))).toEqual([]);
  const headers = [...straight.rejected.values()].map((message) => JSON.stringify(message.headers));
  expect(headers.filter((text) => text.includes(SECRET))).toEqual([]);
});

test("reading all hostile rows leaves the process's prototypes as they were", () => {
  const namesOf = () =>
    [Object, Array, String, Number, Function, Map, Uint8Array].map((each) =>
      Object.getOwnPropertyNames(each.prototype),
    );
  const before = namesOf();
  const rows = new RowColumns(IRIS_SCHEMA.features.length);
  const reader = new MessageReader(IRIS_SCHEMA);
  for (const { value, headers } of ROW_CASES) {
    reader.read(value === null ? null : Buffer.from(value), headers ?? null, rows, () => undefined);
  }
  expect(namesOf()).toEqual(before);
  expect(({} as Record<string, unknown>)[SECRET]).toBeUndefined();
});
