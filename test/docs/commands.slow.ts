import { spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type AlderProcess, useAlder } from '../support/alder-process';
import { docPages, pageText, ROOT, type RunBlock, runBlocksOf } from '../support/doc-pages';

/** The address that the pages name; each page is run against a free port instead. */
const NAMED_ADDRESS = '127.0.0.1:5000';
const BLOCK_MS_MAX = 30_000;

const pages = docPages()
  .map((page) => ({ page, blocks: runBlocksOf(pageText(page)) }))
  .filter(({ blocks }) => blocks.length > 0);

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a block as a person would in a clone: bash stops at the first command that fails. */
function runBlock(
  script: string,
  folder: string,
  environment: Readonly<Record<string, string>>,
): Promise<Ended> {
  const child = spawn('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: folder,
    env: { HOME: process.env.HOME, TMPDIR: process.env.TMPDIR, LANG: process.env.LANG, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: BLOCK_MS_MAX,
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, stdout, stderr }));
  });
}

/**
 * Commands that stand in for those of a clone: `npx alder` runs the sources at hand from any folder, and curl fails on
 * an error status and ends every answer with a line break.
 */
function writeCommands(folder: string): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const write = (name: string, script: string) => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  write(
    'npx',
    `[ "$1" = alder ] || { echo "only npx alder is known here" >&2; exit 2; }\nshift\nexec '${process.execPath}' '${join(ROOT, 'bin/alder.js')}' "$@"`,
  );
  write('curl', `PATH='${process.env.PATH}' exec curl -sS --fail-with-body -w '\\n' "$@"`);
  return bin;
}

test('the search finds pages with marked blocks, the README among them', () => {
  expect(pages.map(({ page }) => page)).toEqual(expect.arrayContaining(['README.md', 'docs/http.md']));
});

describe('the marked commands of a page do what the page says', () => {
  const alder = useAlder();
  let learned: string;
  let path: string;

  beforeAll(async () => {
    learned = alder.newFolder();
    path = `${writeCommands(alder.newFolder())}${delimiter}${process.env.PATH}`;
    cpSync(join(ROOT, 'data'), join(learned, 'data'), { recursive: true });
    const up = alder.start(['up', '--port', '0'], { folder: learned });
    await up.line(/^all 150 rows are in/);
    await up.end('SIGTERM');
  }, 60_000);

  describe.each(pages)('$page', ({ blocks }) => {
    let folder: string;
    let up: AlderProcess;
    let address: string;

    // Each page has a folder of its own, so that what one page promotes or rolls back is not there for the next.
    beforeAll(async () => {
      folder = alder.newFolder();
      cpSync(learned, folder, { recursive: true });
      up = alder.start(['up', '--port', '0', '--lease-ms', '500'], { folder });
      address = new URL(await up.url()).host;
      await up.line(/^all 150 rows are in/);
    }, 60_000);
    afterAll(() => up?.end('SIGTERM'));

    test.each(blocks)(
      'the block at line $line ends well and prints the lines that the page shows',
      async ({ script, output }: RunBlock) => {
        const ended = await runBlock(script.replaceAll(NAMED_ADDRESS, address), folder, { PATH: path });
        expect(ended).toMatchObject({ status: 0 });
        expect(ended.stdout.split('\n')).toEqual(expect.arrayContaining([...output]));
      },
    );
  });
});
