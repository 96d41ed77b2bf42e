import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrainingSet } from '../../shared/engine/training-set';
import type { Missing, Yardstick } from '../harness/figure';
import { PythonPeer, pythonWithPeers } from '../harness/python';

const TITLE = 'scikit-learn';
const TABLE = 'rows';

/** scikit-learn's `predict` on the table of its fit; table and tree are made once. */
export class SklearnPredict {
  private peer: PythonPeer | null = null;
  /** `maxDepth` of the last fit. */
  private fitted: number | null | undefined;

  constructor(
    private readonly table: () => TrainingSet,
    private readonly tell: (text: string) => void,
  ) {}

  /** A yardstick in rows per second of one call; `maxDepth` null is full depth. */
  predict(maxDepth: number | null, target: number): Yardstick | Missing {
    const found = pythonWithPeers(this.tell);
    if ('missing' in found) return { name: TITLE, target, missing: found.missing };
    return {
      name: TITLE,
      target,
      run: async () => {
        const peer = await this.withTable(found.python);
        if (this.fitted !== maxDepth) {
          this.tell('scikit-learn fits its tree');
          await peer.ask({ fit: 'sklearn', on: TABLE, maxDepth });
          this.fitted = maxDepth;
        }
        return (await peer.ask<{ rowsPerSecond: number }>({ predict: 'sklearn', on: TABLE })).rowsPerSecond;
      },
    };
  }

  close(): void {
    this.peer?.close();
  }

  private async withTable(python: string): Promise<PythonPeer> {
    if (this.peer !== null) return this.peer;
    const peer = new PythonPeer(python, 'trees.py');
    this.peer = peer;
    const folder = mkdtempSync(join(tmpdir(), 'alder-bench-'));
    try {
      const { columns, classes } = this.table();
      columns.forEach((column, i) => {
        writeFileSync(join(folder, `${TABLE}.${i}.f64`), column);
      });
      writeFileSync(join(folder, `${TABLE}.classes.u32`), classes);
      await peer.ask({ load: TABLE, folder, columns: columns.length });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    return peer;
  }
}
