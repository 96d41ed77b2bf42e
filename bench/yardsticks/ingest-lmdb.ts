import { join } from 'node:path';
import { type Database, open } from 'lmdb';

/** The values of a log in a plain LMDB store, keyed by number, to measure the minimal cost of reading them. */
export class PlainLmdb {
  private readonly store: Database<Buffer, number>;

  constructor(folder: string) {
    this.store = open<Buffer, number>({ path: join(folder, 'plain'), encoding: 'binary' });
  }

  fill(values: readonly Buffer[]): void {
    this.store.transactionSync(() => {
      for (const [i, value] of values.entries()) this.store.putSync(i, value);
    });
  }

  /** Reads all values in order with the package's `getRange`; returns values per second. */
  readAll(valueCount: number): number {
    const begunMs = performance.now();
    let values = 0;
    let bytes = 0;
    for (const { value } of this.store.getRange({ start: 0, end: valueCount })) {
      values++;
      bytes += value.length;
    }
    const seconds = (performance.now() - begunMs) / 1_000;
    if (values !== valueCount || bytes === 0) throw new Error(`lmdb gave ${values} of ${valueCount} values`);
    return values / seconds;
  }

  async close(): Promise<void> {
    await this.store.close();
  }
}
