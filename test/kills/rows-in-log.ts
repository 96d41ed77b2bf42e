import type { RowLog } from '../../shared/row-log/row-log';
import { collect, messagesOf, TEST_READ_BOUNDS } from '../support/log-reading';
import { numberedRow } from './numbered-rows';

/**
 * Checks a log that must hold every row of one numbered file once, unchanged and in order, row i in partition i mod P.
 * Each call reads only the messages that are new since the last call.
 */
export class RowsInLog {
  /** The number of checked messages of each partition. */
  private readonly checked: number[] = [];

  constructor(private readonly log: RowLog) {}

  /**
   * Checks what came since the last time; gives how many rows the log holds now. Throws with the first message that is
   * not the row that belongs there: one was lost, or is there twice, or was changed.
   */
  async check(): Promise<number> {
    const bounds = await this.log.bounds();
    const partitions = bounds.length;
    for (const { partition, end } of bounds) {
      const from = this.checked[partition] ?? 0;
      if (end > from) {
        const blocks = await collect(this.log.readRange({ partition, from, next: end }, TEST_READ_BOUNDS));
        for (const { offset, headers, hex } of messagesOf(blocks)) {
          const row = offset * partitions + partition;
          const text = Buffer.from(hex ?? '', 'hex').toString('utf8');
          const { data, label } = numberedRow(row);
          const isIt = headers?.['alder-row'] === String(row) && text === JSON.stringify({ data, label });
          if (!isIt)
            throw new Error(
              `offset ${offset} of partition ${partition} should hold row ${row}, and holds row ` +
                `${headers?.['alder-row']}: ${text}`,
            );
        }
      }
      this.checked[partition] = end;
    }
    return this.checked.reduce((sum, end) => sum + end, 0);
  }
}
