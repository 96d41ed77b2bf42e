import { rowLogContract } from '../contract/row-log-contract';
import { MemoryRowLog } from '../support/memory-row-log';

rowLogContract('in memory', async ({ partitions }) => {
  const log = MemoryRowLog.open({ partitions });
  return {
    log,
    reopen: async () => log.reopen(),
    openRejected: async () => log.openRejected(),
    cleanUp: () => log.close(),
  };
});

test('offsets without a message are stepped over', async () => {
  const log = MemoryRowLog.open();
  await log.append(0, [{ value: 'before' }]);
  log.appendControlRecords(0, 3);
  await log.append(0, [{ value: 'after' }]);
  expect(log.messages(0).map(({ offset, text }) => [offset, text])).toEqual([
    [0, 'before'],
    [4, 'after'],
  ]);
  await log.close();
});

test('deleted messages are gone, and the other offsets stay', async () => {
  const log = MemoryRowLog.open();
  await log.append(0, [{ value: 'a' }, { value: 'b' }, { value: 'c' }]);
  log.deleteBelow(0, 2);
  expect(await log.bounds()).toEqual([{ partition: 0, earliest: 2, end: 3 }]);
  const bounds = { blockMessagesMax: 10, blockBytesMax: 10, waitMsMax: 10 };
  const gone = log.readRange({ partition: 0, from: 1, next: 3 }, bounds)[Symbol.asyncIterator]();
  await expect(gone.next()).rejects.toMatchObject({ code: 'log-range-gone' });
  await log.close();
});
