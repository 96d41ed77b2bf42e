import { RejectedKeeper } from '../../../services/trainer/read/rejected-keeper';
import { AlderError } from '../../../shared/errors';
import type { RejectedRow, RowLog } from '../../../shared/row-log/row-log';
import type { Log } from '../../../shared/runtime/log';
import { ManualClock } from '../../support/manual-clock';

const refused = new AlderError('rejected-append-refused', 'the topic is full');

function rejectedRow(line: number, bytes = 10): RejectedRow {
  return { partition: 0, offset: 7, line, reason: 'invalid-json', attempt: 1, bytes: new Uint8Array(bytes) };
}

/** A keeper on a topic that does with each append what the next of `answers` says; the last one goes on for ever. */
function keeperOn(answers: ((lines: number[]) => Promise<void>)[], mayWrite = async () => true) {
  const clock = new ManualClock();
  const told: string[] = [];
  const kept: number[][] = [];
  const tell: Log['error'] = (code) => void told.push(code);
  const rowLog = {
    identity: { topic: 'rows' },
    appendRejected: async (rows: readonly RejectedRow[]) => {
      const lines = rows.map(({ line }) => line);
      await (answers.length > 1 ? answers.shift()! : answers[0]!)(lines);
      kept.push(lines);
    },
  } as unknown as RowLog;
  const keeper = new RejectedKeeper(
    { rowLog, clock, log: { info: tell, warn: tell, error: tell } },
    mayWrite,
    'ab'.repeat(32),
  );
  const stopping = new AbortController();
  return { clock, told, kept, stopping, keep: (rows: RejectedRow[]) => keeper.keep(rows, stopping.signal) };
}

const takes = async () => undefined;
const refuses = () => Promise.reject(refused);
const never = () => new Promise<void>(() => undefined);

test('rows go out in their order, in groups of at most 1,000 rows and 256 KiB', async () => {
  const { kept, keep } = keeperOn([takes]);
  const many = Array.from({ length: 1_001 }, (_, line) => rejectedRow(line));
  const large = [1_001, 1_002].map((line) => rejectedRow(line, 200_000));
  expect(await keep([...many, ...large])).toBe(true);
  expect(kept.flat()).toEqual(Array.from({ length: 1_003 }, (_, line) => line));
  expect(kept.map(({ length }) => length)).toEqual([1_000, 2, 1]);
});

test('a refusal is told once and tried again until it is taken; what was kept before is not sent again', async () => {
  const { clock, told, kept, keep } = keeperOn([takes, refuses, refuses, takes]);
  const kept2 = keep([rejectedRow(0, 200_000), rejectedRow(1, 200_000)]);
  await clock.advance(1_000);
  expect(await kept2).toBe(true);
  expect(kept).toEqual([[0], [1]]);
  expect(told).toEqual(['rejected-append-refused', 'rejected-kept']);
});

test('an append that is not answered is told of every five seconds', async () => {
  const { clock, told, stopping, keep } = keeperOn([never]);
  const ended = keep([rejectedRow(0)]);
  await clock.advance(16_000);
  expect(told).toEqual(['rejected-waits', 'rejected-waits', 'rejected-waits']);
  stopping.abort();
  expect(await ended).toBe(false);
  expect(clock.sleeping).toBe(0);
});

test('it ends at once when it is told to, in an append and between two tries', async () => {
  for (const answer of [never, refuses]) {
    const { clock, stopping, keep } = keeperOn([answer]);
    const ended = keep([rejectedRow(0)]);
    await clock.advance(100);
    stopping.abort();
    expect(await ended).toBe(false);
  }
});

test('without the lease nothing is written', async () => {
  const { kept, keep } = keeperOn([takes], async () => false);
  expect(await keep([rejectedRow(0)])).toBe(false);
  expect(kept).toEqual([]);
});

test('an error that is not one of the log is a fault of the program and is thrown', async () => {
  const { keep } = keeperOn([() => Promise.reject(new TypeError('no such thing'))]);
  await expect(keep([rejectedRow(0)])).rejects.toThrow(TypeError);
});
