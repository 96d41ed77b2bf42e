import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

export interface SecondProcess {
  readonly child: ChildProcess;
  /** Resolves with the standard output; rejects with the standard error when the status is not 0. */
  readonly output: Promise<string>;
}

/**
 * Runs the body of an async function in a new Node process in the project's root folder, where `require('./shared/…')`
 * loads the project's modules. The arguments arrive as `args`.
 */
export function startSecondProcess(body: string, args: Readonly<Record<string, unknown>>): SecondProcess {
  const script = `require('./scripts/read-typescript.js');
    const args = ${JSON.stringify(args)};
    (async () => { ${body} })().catch((error) => { console.error(error); process.exitCode = 1; });`;
  const child = spawn(process.execPath, ['-e', script], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  return { child, output: outputOf(child) };
}

async function outputOf(child: ChildProcess): Promise<string> {
  let output = '';
  let errors = '';
  child.stdout?.on('data', (text) => {
    output += text;
  });
  child.stderr?.on('data', (text) => {
    errors += text;
  });
  const [status] = await once(child, 'close');
  if (status !== 0) throw new Error(`the second process ended with status ${status}: ${errors}`);
  return output;
}
