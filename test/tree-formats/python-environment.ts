import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const VENV = join(__dirname, '.venv');
export const PYTHON = join(VENV, 'bin', 'python');
/** The environment gets the newest version of each package on PyPI; remove its folder to update them. */
const PACKAGES = [
  'onnxruntime',
  'skl2onnx',
  'scikit-learn',
  'jpmml-evaluator',
  'pydot',
  'tritonclient[http]',
];
/** The file's first line holds the list of packages, so that an environment of an older list is updated. */
const INSTALLED = join(VENV, 'installed.txt');
const ASKED_FOR = `# ${PACKAGES.join(', ')}`;

/** The suite that creates this folder makes the environment; the other parallel suites wait for it. */
const MAKING = join(VENV, 'making');
const MAKING_MS_MAX = 600_000;

/** The interpreter of the environment, which the first use makes; or the reason why there is none. */
function pythonWithPeers(): { python: string } | { missing: string } {
  if (isInstalled()) return { python: PYTHON };
  if (spawnSync('python3', ['--version']).status !== 0) return { missing: 'there is no python3' };
  mkdirSync(VENV, { recursive: true });
  try {
    mkdirSync(MAKING);
  } catch {
    return waitForPeers();
  }
  try {
    return makePeers();
  } finally {
    rmdirSync(MAKING);
  }
}

function isInstalled(): boolean {
  return existsSync(INSTALLED) && readFileSync(INSTALLED, 'utf8').startsWith(`${ASKED_FOR}\n`);
}

function makePeers(): { python: string } | { missing: string } {
  process.stderr.write(`making test/tree-formats/.venv with ${PACKAGES.join(', ')} from PyPI\n`);
  for (const [command, ...args] of [
    ['python3', '-m', 'venv', VENV],
    [PYTHON, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PACKAGES],
  ] as const) {
    const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
    if (status !== 0)
      return { missing: `its packages cannot be installed: ${stderr.trim().split('\n').at(-1)}` };
  }
  const versions = spawnSync(PYTHON, ['-m', 'pip', 'freeze'], { encoding: 'utf8' }).stdout;
  writeFileSync(INSTALLED, `${ASKED_FOR}\n${versions}`);
  return { python: PYTHON };
}

function waitForPeers(): { python: string } | { missing: string } {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let waitedMs = 0; existsSync(MAKING) && waitedMs < MAKING_MS_MAX; waitedMs += 200) {
    Atomics.wait(pause, 0, 0, 200);
  }
  return isInstalled()
    ? { python: PYTHON }
    : { missing: 'making test/tree-formats/.venv did not end well; remove that folder' };
}

const found = pythonWithPeers();
const hasJava = spawnSync('java', ['-version']).status === 0;

/**
 * `describe` where there is Python with the packages (and Java, where asked for), else `describe.skip` and a loud line.
 * With ALDER_REQUIRE_PYTHON=1 a skip is a failure, so no build passes without these tests.
 */
export function describeWithPython(needsJava = false): jest.Describe {
  const missing = 'missing' in found ? found.missing : needsJava && !hasJava ? 'there is no java' : null;
  if (missing === null) return describe;
  if (process.env.ALDER_REQUIRE_PYTHON === '1')
    throw new Error(`ALDER_REQUIRE_PYTHON=1, but no peer: ${missing}`);
  process.stderr.write(`\nSKIPPED: nothing is held against programs in Python: ${missing}\n\n`);
  return describe.skip;
}
