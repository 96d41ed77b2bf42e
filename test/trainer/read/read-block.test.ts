import { readBlock, valueSha256 } from '../../../services/trainer/read/read-block';
import { PartitionRows } from '../../../services/trainer/window/partition-rows';
import { MessageReader } from '../../../shared/row/message-reader';
import { replayHeaders } from '../../../shared/row-log/rejected-messages';
import type { MessageHeaders } from '../../../shared/row-log/row-log';
import { IRIS_SCHEMA } from '../../support/pipeline';

const ROW = { partition: 0, offset: 3, line: 1 };
const ORIGIN = { partition: 1, offset: 2, line: 0 };

function rejectedOf(value: string | null, headers: MessageHeaders | null) {
  const block = {
    partition: 0,
    from: 0,
    next: 2,
    offsets: [0, 1],
    values: [Buffer.from('before'), value === null ? null : Buffer.from(value)],
    timestampsMs: [0, 0],
    headers: [null, headers],
  };
  const store = new PartitionRows(0, IRIS_SCHEMA.features.length);
  return readBlock(block, 0, new MessageReader(IRIS_SCHEMA), store, 0).rejected;
}

test('a replayed row that is rejected again keeps its first coordinates and has one attempt more', () => {
  for (const value of ['no row', null]) {
    const [before, again] = rejectedOf(value, replayHeaders({ row: ROW, origin: ORIGIN, attempt: 2 }));
    expect(before).toMatchObject({ offset: 0, attempt: 1 });
    expect(before).not.toHaveProperty('origin');
    expect(again).toMatchObject({ offset: 1, line: 0, attempt: 3, origin: ORIGIN });
  }
});

test('a row with unreadable replay headers counts as rejected for the first time', () => {
  const [, row] = rejectedOf('no row', { 'alder-rejected': '0/3/1', 'alder-attempt': 'many' });
  expect(row).toMatchObject({ attempt: 1 });
  expect(row).not.toHaveProperty('origin');
});

test('a null value hashes as no bytes', () => {
  const ofNothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  expect(valueSha256(null)).toBe(ofNothing);
  expect(valueSha256(new Uint8Array(0))).toBe(ofNothing);
});
