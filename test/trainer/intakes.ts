import { PartitionIntake } from '../../services/trainer/read/partition-intake';
import { PartitionRows } from '../../services/trainer/window/partition-rows';

/** A partition of rows with one feature, read from offset 0 on. */
export function emptyIntake(partition = 0, chunkRows?: number): PartitionIntake {
  const { progress } = PartitionIntake.startingAt(partition, 1, 0);
  return new PartitionIntake(new PartitionRows(partition, 1, chunkRows), progress);
}

/** Adds a message with so many rows to the store; nothing is held out. */
export function addRows(store: PartitionRows, offset: number, rows: number): void {
  for (let line = 0; line < rows; line++) {
    // `reserve` may replace the array, so it comes first.
    const at = store.rows.reserve();
    store.rows.features[at] = offset;
    store.rows.commit(line, 0);
  }
  store.label(offset, 0);
}

/** Lets the partition read its next message; its value is the offset's text, its timestamp 1,000 + offset. */
export function readMessage(intake: PartitionIntake, accepted: number, rejected = 0): void {
  const offset = intake.position;
  addRows(intake.store, offset, accepted);
  const value = Buffer.from(String(offset));
  intake.pending.add({ offset, value, timestampMs: 1_000 + offset }, accepted, rejected);
  intake.position = offset + 1;
}

/** Lets the partition read over offsets that carry no message. */
export function readGap(intake: PartitionIntake, offsets: number): void {
  intake.position += offsets;
}
