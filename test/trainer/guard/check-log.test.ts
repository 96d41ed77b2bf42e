import type { RowLog } from '../../../shared/row-log/row-log';
import { MemoryRowLog } from '../../support/memory-row-log';
import { rowMessages, withManualTrainer } from '../manual-trainer';

/** A log that is replaced by another one of the same name, without an error for its readers. */
interface ReplaceableLog {
  log: RowLog;
  /** Calls of `readRange`, one for each check. */
  checks: number;
}

function replaceable(first: MemoryRowLog, state: ReplaceableLog): RowLog {
  state.log = first;
  return {
    identity: first.identity,
    bounds: () => state.log.bounds(),
    append: (partition, messages) => state.log.append(partition, messages),
    readRange: (...args) => {
      state.checks++;
      return state.log.readRange(...args);
    },
    appendRejected: (rows) => state.log.appendRejected(rows),
    readRejected: (...args) => state.log.readRejected(...args),
    appendReplayProgress: (marks) => state.log.appendReplayProgress(marks),
    close: () => state.log.close(),
    async *read(position, bounds, signal) {
      const next = new Map(position);
      while (!signal.aborted) {
        for await (const round of state.log.read(next, { ...bounds, waitMsMax: 100 }, signal)) {
          for (const block of round.blocks) next.set(block.partition, block.next);
          yield round;
          break;
        }
      }
    },
  };
}

/** A trainer with ten rows in a version, and the log that it reads. */
async function afterTenRows(
  use: (
    parts: Parameters<Parameters<typeof withManualTrainer>[1]>[0] & { readonly state: ReplaceableLog },
  ) => Promise<void>,
): Promise<void> {
  const state: ReplaceableLog = { log: MemoryRowLog.open(), checks: 0 };
  const through = (log: MemoryRowLog) => replaceable(log, state);
  await withManualTrainer({ settings: { batchRows: 10 }, through }, async (parts) => {
    await parts.log.append(0, rowMessages(10));
    await parts.clock.advance(1_000);
    expect((await parts.records()).map(({ lineage }) => lineage[0]!.next)).toEqual(['10']);
    await use({ ...parts, state });
  });
}

test.each([
  ['longer than what was read', 30],
  ['exactly as long', 10],
])('a log that is replaced while it is read, by one that is %s, stops the trainer', async (_, rows) => {
  await afterTenRows(async ({ clock, state, ended, records }) => {
    const anew = MemoryRowLog.open({ clock });
    await anew.append(0, rowMessages(rows));
    state.log = anew;
    await clock.advance(10_000);
    await expect(ended).rejects.toMatchObject({
      code: 'log-replaced',
      message: expect.stringContaining('message 9 of partition 0'),
    });
    expect((await records()).length).toBeLessThanOrEqual(2);
    await anew.close();
  });
});

test('a log that seems too short for a moment is checked again before the trainer stops', async () => {
  await afterTenRows(async ({ clock, log, state, ended }) => {
    const behind = MemoryRowLog.open({ clock });
    await behind.append(0, rowMessages(9));
    let asked = 0;
    // A leader that was just elected may not know the end of its partition yet.
    const bounds = async () => (asked++ === 0 ? behind.bounds() : log.bounds());
    state.log = Object.create(log, { bounds: { value: bounds } }) as RowLog;
    await clock.advance(60_000);
    expect(asked).toBeGreaterThan(1);
    expect(await Promise.race([ended, 'it goes on'])).toBe('it goes on');
  });
});

test('a new version is checked within 4 s, and checks follow every 10 s while there is no other', async () => {
  await afterTenRows(async ({ clock, log, state }) => {
    await clock.advance(4_000);
    expect(state.checks).toBe(1);
    await clock.advance(60_000);
    expect(state.checks).toBe(1 + 6);
    await log.append(0, rowMessages(10));
    await clock.advance(4_000);
    expect(state.checks).toBeGreaterThan(1 + 6);
  });
});

test('a log that is away is not another log', async () => {
  await afterTenRows(async ({ clock, log, state, ended }) => {
    const { AlderError } = await import('../../../shared/errors');
    const bounds = async () => {
      throw new AlderError('log-unavailable', 'away');
    };
    state.log = Object.create(log, { bounds: { value: bounds } }) as RowLog;
    await clock.advance(60_000);
    expect(await Promise.race([ended, 'it goes on'])).toBe('it goes on');
  });
});
