import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerProcess } from './http-processes';

const ROOT = join(__dirname, '..', '..');
const ALDER = join(ROOT, 'bin', 'alder.js');
const LEARNED_LINE = /^all 150 rows are in/m;
/** No holdout, since the yardsticks fit every row. */
const ENVIRONMENT = { ALDER_HOLDOUT_SHARE: '0', ALDER_LOG: 'text', KAFKA_BROKERS: '', REDIS_URL: '' };

/** A data folder with versions of Iris, and `alder serve` on it. */
export class AlderFolder {
  private readonly folder = mkdtempSync(join(tmpdir(), 'alder-bench-http-'));

  /** Runs `alder up` on Iris until a version covers all rows. */
  async learn(): Promise<void> {
    const args = [ALDER, 'up', join(ROOT, 'data', 'iris.csv'), '--data-dir', this.folder, '--port', '0'];
    const up = spawn(process.execPath, args, {
      env: { ...process.env, ...ENVIRONMENT },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    up.stderr.on('data', (text: Buffer) => {
      said += text.toString();
    });
    const learned = new Promise<void>((resolve) => {
      up.stdout.on('data', (text: Buffer) => {
        said += text.toString();
        if (LEARNED_LINE.test(said)) resolve();
      });
    });
    const ended = once(up, 'exit');
    await Promise.race([
      learned,
      ended.then(() => Promise.reject(new Error(`alder up ended early:\n${said}`))),
    ]);
    up.kill('SIGTERM');
    await ended;
  }

  /** Points the alias challenger at a version. */
  async challenge(version: number): Promise<void> {
    const args = [ALDER, 'alias', 'challenger', String(version), '--data-dir', this.folder];
    const changing = spawn(process.execPath, args, { env: { ...process.env, ...ENVIRONMENT } });
    const [status] = await once(changing, 'exit');
    if (status !== 0) throw new Error(`alder alias ended with status ${status}`);
  }

  serve(workers: number, cores?: string, environment: Record<string, string> = {}): Promise<ServerProcess> {
    const args = ['serve', '--data-dir', this.folder, '--port', '0', '--workers', String(workers)];
    return ServerProcess.start([process.execPath, ALDER, ...args], {
      environment: { ...ENVIRONMENT, ...environment },
      ...(cores === undefined ? {} : { cores }),
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
