import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { ADMIN_TOKEN_VARIABLE, SETTING_NAMES, variableOf } from '../../shared/settings/settings';
import { IRIS_TREE_DIGEST } from '../support/iris-digest';
import { filesBelow, ROOT, textOf } from './source-files';

/** npm's own commands that the README may name; any other word after npm has to be a script of ours. */
const NPM_OWN = ['ci', 'install', 'pack'];
/** Variables of the tests, which are no settings of the program. */
const TEST_VARIABLES = ['ALDER_LIVE', 'ALDER_REQUIRE_LIVE', 'ALDER_REQUIRE_PYTHON'];
const HELP_FLAGS = ['--help', '--version'];

const README = 'README.md';
const readme = existsSync(join(ROOT, README)) ? textOf(README) : '';
const compose = textOf('docker-compose.yml');
const composeReads = [...compose.matchAll(/\$\{(ALDER_[A-Z_]+)/g)].map((match) => match[1]!);
const settingVariables = SETTING_NAMES.map(variableOf);
const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };

/** Fenced blocks and inline code alike, each as its lines, with lines that go on after a backslash joined. */
const codeLines = [...readme.matchAll(/^```[^\n]*\n([\s\S]*?)^```|`([^`\n]+)`/gm)].flatMap((match) =>
  (match[1] ?? match[2] ?? '').replace(/\\\n\s*/g, ' ').split('\n'),
);

function commands(): Map<string, Command> {
  const found = new Map<string, Command>();
  for (const path of filesBelow('cli/commands', '.ts')) {
    for (const make of Object.values(require(join(ROOT, path)) as Record<string, unknown>)) {
      const command: unknown = typeof make === 'function' && make.length === 0 ? make() : null;
      if (command instanceof Command) found.set(command.name(), command);
    }
  }
  return found;
}

/** `alder NAME rest` of a line, however it is called; a pipe or an && ends it. */
function alderCalls(line: string): { name: string; rest: string }[] {
  const calls = line.matchAll(/(?:^|[\s(])(?:npx |npm run )?alder (?:-- )?([a-z][a-z-]*)([^|&;]*)/g);
  return [...calls].map((match) => ({ name: match[1]!, rest: match[2]! }));
}

function npmCalls(line: string): { isScript: boolean; name: string }[] {
  const calls = line.matchAll(/(?:^|[\s(])npm (run )?([a-z][a-z:-]*)/g);
  return [...calls].map((match) => ({ isScript: match[1] !== undefined, name: match[2]! }));
}

test('the README has commands', () => {
  expect(filesBelow('.')).toContain(README);
  expect(codeLines.flatMap(npmCalls)).not.toEqual([]);
});

test('every npm command in the README exists', () => {
  const unknown = codeLines
    .flatMap(npmCalls)
    .filter(({ isScript, name }) => !(name in scripts) && (isScript || !NPM_OWN.includes(name)));
  expect(unknown).toEqual([]);
});

test('every alder command in the README exists', () => {
  const known = commands();
  expect(known.size).toBeGreaterThanOrEqual(10);
  expect(codeLines.flatMap(alderCalls).filter(({ name }) => !known.has(name))).toEqual([]);
});

test('every flag in the README exists for its command', () => {
  const known = commands();
  const wrong = codeLines.flatMap(alderCalls).flatMap(({ name, rest }) => {
    const options = known.get(name)?.options.map((option) => option.long) ?? [];
    const flags = rest.match(/(?<=\s)--[a-z][a-z-]*/g) ?? [];
    return flags
      .filter((flag) => !options.includes(flag) && !HELP_FLAGS.includes(flag))
      .map((flag) => `alder ${name} ${flag}`);
  });
  expect(wrong).toEqual([]);
});

test('every ALDER_ variable in the README is a setting, or one that the compose file reads', () => {
  const known = [...settingVariables, ...TEST_VARIABLES, ...composeReads];
  const named = readme.match(/\bALDER_[A-Z][A-Z_]*[A-Z]/g) ?? [];
  expect(named.filter((variable) => !known.includes(variable))).toEqual([]);
});

test('every ALDER_ variable that the compose file or the Dockerfile sets is a setting, or the one secret that has no flag', () => {
  const set = `${compose}\n${textOf('Dockerfile')}`.match(/\bALDER_[A-Z_]+(?=: |=)/g) ?? [];
  expect(set).not.toEqual([]);
  expect(set.filter((variable) => ![...settingVariables, ADMIN_TOKEN_VARIABLE].includes(variable))).toEqual(
    [],
  );
});

test('every file that the README links to exists', () => {
  const links = [...readme.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map((match) => match[1]!);
  expect(links.filter((link) => !existsSync(join(ROOT, link)))).toEqual([]);
});

test('the README prints the known tree digest of Iris', () => {
  expect(readme).toContain(`tree ${IRIS_TREE_DIGEST}\n`);
});
