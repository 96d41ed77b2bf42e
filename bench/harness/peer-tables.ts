import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrainingSet } from '../../shared/engine/training-set';
import type { Missing, Yardstick } from './figure';
import { PythonPeer, pythonWithPeers } from './python';

interface PeerFit {
  readonly peer: 'sklearn' | 'lightgbm';
  /** The table's name; each table is handed over once. */
  readonly name: string;
  readonly table: () => TrainingSet;
  readonly target: number;
  /** `maxDepth`, `maxLeaves`, `maxBins`, `repeat`, `from`, `to`: see python/trees.py. A function is called in every round. */
  readonly options: Readonly<Record<string, number>> | (() => Readonly<Record<string, number>>);
}

const TITLES = { sklearn: 'scikit-learn', lightgbm: 'LightGBM, one thread, with its Dataset' };

/** Python peers that fit the same tables, which they read from files of raw numbers. */
export class PeerTables {
  private readonly folder = mkdtempSync(join(tmpdir(), 'alder-bench-'));
  private readonly handedOver = new Set<string>();
  private peer: PythonPeer | null = null;

  constructor(private readonly tell: (text: string) => void) {}

  /** A yardstick in milliseconds for each fit. */
  fit(fit: PeerFit): Yardstick | Missing {
    const { peer, target, options } = fit;
    const missing = this.missing();
    if (missing !== null) return { name: TITLES[peer], target, missing };
    return {
      name: TITLES[peer],
      target,
      run: async () => {
        const { ms } = await this.ask<{ ms: number }>(
          fit,
          typeof options === 'function' ? options() : options,
        );
        return ms;
      },
    };
  }

  /** Why the peers are missing; null when they are available. */
  missing(): string | null {
    const found = pythonWithPeers(this.tell);
    return 'missing' in found ? found.missing : null;
  }

  /** Runs one fit of an available peer; the options `score` and `splits` request more than the time. */
  async ask<Answer>(
    { peer, name, table }: Pick<PeerFit, 'peer' | 'name' | 'table'>,
    options: Readonly<Record<string, number | boolean>>,
  ): Promise<Answer> {
    const found = pythonWithPeers(this.tell);
    if ('missing' in found) throw new Error(found.missing);
    this.peer ??= new PythonPeer(found.python, 'trees.py');
    await this.handOver(name, table());
    return this.peer.ask<Answer>({ fit: peer, on: name, ...options });
  }

  private async handOver(name: string, rows: TrainingSet): Promise<void> {
    if (this.handedOver.has(name)) return;
    this.handedOver.add(name);
    for (const [i, column] of rows.columns.entries()) {
      writeFileSync(join(this.folder, `${name}.${i}.f64`), column);
    }
    writeFileSync(join(this.folder, `${name}.classes.u32`), rows.classes);
    await this.peer?.ask({ load: name, folder: this.folder, columns: rows.columns.length });
  }

  close(): void {
    this.peer?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
