import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { PYTHON } from './python-environment';

/** The Python program that reads and makes files. It starts at the first order and stays, since its imports take seconds. */
export class PythonPeer {
  private process: ChildProcessByStdio<Writable, Readable, null> | null = null;
  private waiting: { resolve(line: string): void; reject(error: Error): void } | null = null;

  /** Sends one order and waits for its answer. One order at a time. Rejects with the peer's error. */
  async ask<Answer>(verb: string, order: object): Promise<Answer> {
    this.process ??= this.start();
    const { stdin } = this.process;
    const line = await new Promise<string>((resolve, reject) => {
      this.waiting = { resolve, reject };
      stdin.write(`${JSON.stringify({ verb, ...order })}\n`);
    });
    const answer = JSON.parse(line) as Answer & { error?: string };
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  }

  async close(): Promise<void> {
    const ending = this.process;
    if (ending === null || ending.exitCode !== null) return;
    const ended = new Promise((resolve) => ending.once('exit', resolve));
    ending.stdin.end();
    await ended;
  }

  private start(): ChildProcessByStdio<Writable, Readable, null> {
    const started = spawn(PYTHON, ['-u', '-W', 'ignore', join(__dirname, 'python', 'peer.py')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    createInterface({ input: started.stdout }).on('line', (line) => {
      this.waiting?.resolve(line);
      this.waiting = null;
    });
    started.once('exit', (code) => {
      this.waiting?.reject(new Error(`the peer ended with status ${code}`));
      this.waiting = null;
    });
    return started;
  }
}
