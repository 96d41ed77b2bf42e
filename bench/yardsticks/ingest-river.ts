import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrainingSet } from '../../shared/engine/training-set';
import type { Missing, Yardstick } from '../harness/figure';
import { PythonPeer, pythonWithPeers } from '../harness/python';

/** River's Hoeffding tree over the first rows of a table, with prequential evaluation; in rows per second. */
export class RiverStream {
  private readonly folder = mkdtempSync(join(tmpdir(), 'alder-bench-'));
  private peer: PythonPeer | null = null;

  constructor(private readonly tell: (text: string) => void) {}

  yardstick(target: number, table: () => TrainingSet, rowCount: number): Yardstick | Missing {
    const name = `River's Hoeffding tree, on ${rowCount.toLocaleString('en-US')} of the rows`;
    const found = pythonWithPeers(this.tell);
    if ('missing' in found) return { name, target, missing: found.missing };
    return {
      name,
      target,
      run: async () => {
        this.peer ??= await this.start(found.python, table(), rowCount);
        return (await this.peer.ask<{ rowsPerSecond: number }>({ stream: 'rows' })).rowsPerSecond;
      },
    };
  }

  close(): void {
    this.peer?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async start(python: string, { columns, classes }: TrainingSet, rowCount: number) {
    const peer = new PythonPeer(python, 'river_stream.py');
    for (const [i, column] of columns.entries()) {
      writeFileSync(join(this.folder, `rows.${i}.f64`), column.subarray(0, rowCount));
    }
    writeFileSync(join(this.folder, 'rows.classes.u32'), classes.subarray(0, rowCount));
    await peer.ask({ load: 'rows', folder: this.folder, columns: columns.length });
    return peer;
  }
}
