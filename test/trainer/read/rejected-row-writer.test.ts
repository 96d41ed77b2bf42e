import { RejectedRowWriter } from '../../../services/trainer/read/rejected-row-writer';
import { AlderError } from '../../../shared/errors';
import type { RejectedRow, RowLog } from '../../../shared/row-log/row-log';
import type { Log } from '../../../shared/runtime/log';
import { ManualClock } from '../../support/manual-clock';

const refused = new AlderError('rejected-append-refused', 'the topic is full');

function rejectedRow(line: number, bytes = 10): RejectedRow {
  return { partition: 0, offset: 7, line, reason: 'invalid-json', attempt: 1, bytes: new Uint8Array(bytes) };
}

/** A writer to a topic that answers each append with the next of `answers`, and with the last one for ever. */
function writerTo(answers: ((lines: number[]) => Promise<void>)[], mayWrite = async () => true) {
  const clock = new ManualClock();
  const codes: string[] = [];
  const stored: number[][] = [];
  const note: Log['error'] = (code) => void codes.push(code);
  const rowLog = {
    identity: { topic: 'rows' },
    appendRejected: async (rows: readonly RejectedRow[]) => {
      const lines = rows.map(({ line }) => line);
      await (answers.length > 1 ? answers.shift()! : answers[0]!)(lines);
      stored.push(lines);
    },
  } as unknown as RowLog;
  const writer = new RejectedRowWriter(
    { rowLog, clock, log: { info: note, warn: note, error: note } },
    mayWrite,
    'ab'.repeat(32),
  );
  const stopping = new AbortController();
  return {
    clock,
    codes,
    stored,
    stopping,
    write: (rows: RejectedRow[]) => writer.write(rows, stopping.signal),
  };
}

const takes = async () => undefined;
const refuses = () => Promise.reject(refused);
const never = () => new Promise<void>(() => undefined);

test('rejected rows are appended in their order, in groups of at most 1,000 rows and 256 KiB', async () => {
  const { stored, write } = writerTo([takes]);
  const many = Array.from({ length: 1_001 }, (_, line) => rejectedRow(line));
  const large = [1_001, 1_002].map((line) => rejectedRow(line, 200_000));
  expect(await write([...many, ...large])).toBe(true);
  expect(stored.flat()).toEqual(Array.from({ length: 1_003 }, (_, line) => line));
  expect(stored.map(({ length }) => length)).toEqual([1_000, 2, 1]);
});

test('a refusal is reported once and retried until the append succeeds; acknowledged groups are not sent again', async () => {
  const { clock, codes, stored, write } = writerTo([takes, refuses, refuses, takes]);
  const written = write([rejectedRow(0, 200_000), rejectedRow(1, 200_000)]);
  await clock.advance(1_000);
  expect(await written).toBe(true);
  expect(stored).toEqual([[0], [1]]);
  expect(codes).toEqual(['rejected-append-refused', 'rejected-kept']);
});

test('an append without an answer is reported every five seconds', async () => {
  const { clock, codes, stopping, write } = writerTo([never]);
  const ended = write([rejectedRow(0)]);
  await clock.advance(16_000);
  expect(codes).toEqual(['rejected-waits', 'rejected-waits', 'rejected-waits']);
  stopping.abort();
  expect(await ended).toBe(false);
  expect(clock.sleeping).toBe(0);
});

test('a stop ends the writing at once, in an append and between two tries', async () => {
  for (const answer of [never, refuses]) {
    const { clock, stopping, write } = writerTo([answer]);
    const ended = write([rejectedRow(0)]);
    await clock.advance(100);
    stopping.abort();
    expect(await ended).toBe(false);
  }
});

test('nothing is written without the lease', async () => {
  const { stored, write } = writerTo([takes], async () => false);
  expect(await write([rejectedRow(0)])).toBe(false);
  expect(stored).toEqual([]);
});

test('an error that is no error of the log is thrown', async () => {
  const { write } = writerTo([() => Promise.reject(new TypeError('no such thing'))]);
  await expect(write([rejectedRow(0)])).rejects.toThrow(TypeError);
});
