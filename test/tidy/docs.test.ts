import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { Command } from 'commander';
import { OPERATIONS } from '../../shared/api/operations';
import {
  ADMIN_TOKEN_VARIABLE,
  resolveSettings,
  SETTING_NAMES,
  variableOf,
} from '../../shared/settings/settings';
import { docPages, pageText, runBlocksOf } from '../support/doc-pages';
import { IRIS_TREE_DIGEST } from '../support/iris-digest';
import { filesBelow, ROOT, textOf } from './source-files';

/** npm's own commands that a page may name; any other word after npm has to be a script of ours. */
const NPM_OWN = ['ci', 'install', 'pack'];
/** Variables of the tests and of the benchmark, which are no settings of the program. */
const TEST_VARIABLES = [
  'ALDER_LIVE',
  'ALDER_REQUIRE_LIVE',
  'ALDER_REQUIRE_PYTHON',
  'ALDER_REQUIRE_BROWSER',
  'ALDER_BENCH_KAFKA_BIN',
];
const HELP_FLAGS = ['--help', '--version'];
const README_LINES_MAX = 150;

const pages = [...docPages(), ...filesBelow('shared', '.md')];
const compose = textOf('docker-compose.yml');
const composeReads = [...compose.matchAll(/\$\{(ALDER_[A-Z_]+)/g)].map((match) => match[1]!);
const settingVariables = SETTING_NAMES.map(variableOf);
const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
const commands = commandsByName();

function commandsByName(): Map<string, Command> {
  const found = new Map<string, Command>();
  for (const path of filesBelow('cli/commands', '.ts')) {
    for (const make of Object.values(require(join(ROOT, path)) as Record<string, unknown>)) {
      const command: unknown = typeof make === 'function' && make.length === 0 ? make() : null;
      if (command instanceof Command) found.set(command.name(), command);
    }
  }
  return found;
}

/** Fenced blocks and inline code alike, each as its lines, with lines that go on after a backslash joined. */
function codeLines(page: string): string[] {
  const code = pageText(page).matchAll(/^```[^\n]*\n([\s\S]*?)^```|`([^`\n]+)`/gm);
  return [...code].flatMap((match) => (match[1] ?? match[2] ?? '').replace(/\\\n\s*/g, ' ').split('\n'));
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

/** What GitHub makes of a heading's text, the first time that it stands on a page. */
function anchorOf(heading: string): string {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
    .replaceAll(' ', '-');
}

function anchorsOf(page: string): Set<string> {
  const text = pageText(page).replace(/^```[\s\S]*?^```$/gm, '');
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map((match) => anchorOf(match[1]!));
  const named = [...text.matchAll(/<a id="([^"]+)">/g)].map((match) => match[1]!);
  return new Set([...headings, ...named]);
}

/** Every link and picture of a page that stays in the repository: a path from the root, and an anchor or ''. */
function localLinks(page: string): { path: string; anchor: string }[] {
  const text = pageText(page).replace(/^```[\s\S]*?^```$/gm, '');
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)|\b(?:src|srcset|href)="([^"]+)"/g)].map(
    (match) => match[1] ?? match[2]!,
  );
  return targets
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path = '', anchor = ''] = target.split('#');
      return { path: path === '' ? page : posix.join(posix.dirname(page), path), anchor };
    });
}

/**
 * Inline code that names a file or a folder of ours; an ending may be left away, as in `test/scenarios/kill.slow`. NAME
 * stands for a name that a reader gives, and what git ignores is not there everywhere.
 */
function pathsInCode(page: string): string[] {
  const text = pageText(page).replace(/^```[\s\S]*?^```$/gm, '');
  return [...text.matchAll(/`([^`\n]+)`/g)]
    .map((match) => match[1]!)
    .filter((code) =>
      /^(shared|services|cli|test|bench|docs|scripts|bin|\.ci|\.github)\/[\w./-]*$/.test(code),
    )
    .filter((code) => !/NAME|\.venv/.test(code));
}

function isPath(path: string): boolean {
  const endings = ['', '.ts', '.test.ts', '.slow.ts', '.faults.ts', '.browser.ts', '.kills.ts'];
  return endings.some((ending) => existsSync(join(ROOT, path + ending)));
}

test('the README is short, and every page under docs/ is reached from it', () => {
  expect(pages.length).toBeGreaterThan(30);
  expect(pageText('README.md').split('\n').length - 1).toBeLessThanOrEqual(README_LINES_MAX);
  const reached = new Set<string>();
  const reach = (page: string) => {
    if (reached.has(page) || !pages.includes(page)) return;
    reached.add(page);
    for (const { path } of localLinks(page)) reach(path);
  };
  reach('README.md');
  expect(pages.filter((page) => !reached.has(page))).toEqual([]);
});

test('the README prints the tree digest that every log and registry comes to', () => {
  expect(pageText('README.md')).toContain(`tree ${IRIS_TREE_DIGEST}\n`);
});

test('the commands of the command line are found', () => {
  expect(commands.size).toBeGreaterThanOrEqual(10);
});

describe.each(pages)('%s', (page) => {
  test('every npm command exists', () => {
    const unknown = codeLines(page)
      .flatMap(npmCalls)
      .filter(({ isScript, name }) => !(name in scripts) && (isScript || !NPM_OWN.includes(name)));
    expect(unknown).toEqual([]);
  });

  test('every alder command exists, and every flag is one of its command', () => {
    const wrong = codeLines(page)
      .flatMap(alderCalls)
      .flatMap(({ name, rest }) => {
        const command = commands.get(name);
        if (command === undefined) return [`alder ${name}`];
        const word = /^\s+([a-z][a-z-]*)/.exec(rest)?.[1];
        const called = command.commands.find((each) => each.name() === word) ?? command;
        const options = called.options.map((option) => option.long);
        const flags = rest.match(/(?<=\s)--[a-z][a-z-]*/g) ?? [];
        return flags
          .filter((flag) => !options.includes(flag) && !HELP_FLAGS.includes(flag))
          .map((flag) => `alder ${name} ${flag}`);
      });
    expect(wrong).toEqual([]);
  });

  test('every ALDER_ variable is a setting, one of the tests, or one that the compose file reads', () => {
    const known = [...settingVariables, ...TEST_VARIABLES, ...composeReads, ADMIN_TOKEN_VARIABLE];
    const named = pageText(page).match(/\bALDER_[A-Z][A-Z_]*[A-Z]/g) ?? [];
    expect(named.filter((variable) => !known.includes(variable))).toEqual([]);
  });

  test('every link leads to a file, and every anchor to a heading', () => {
    const dead = localLinks(page).filter(
      ({ path, anchor }) =>
        !existsSync(join(ROOT, path)) ||
        (anchor !== '' && !(path.endsWith('.md') && anchorsOf(path).has(anchor))),
    );
    expect(dead).toEqual([]);
  });

  test('every path of the repository in inline code exists', () => {
    expect(pathsInCode(page).filter((path) => !isPath(path))).toEqual([]);
  });

  test('every mark of a block is one that a test reads', () => {
    expect(() => runBlocksOf(pageText(page))).not.toThrow();
  });
});

test('docs/settings.md lists every setting with its variable and its default', () => {
  const defaults = resolveSettings({}, {});
  const rows = new Map(
    [...pageText('docs/settings.md').matchAll(/^\| `(\w+)` \| `(\w+)` \| ([^|]+) \|/gm)].map((match) => [
      match[1]!,
      { variable: match[2]!, byDefault: match[3]! },
    ]),
  );
  expect([...rows.keys()].sort()).toEqual([...SETTING_NAMES].sort());
  for (const name of SETTING_NAMES) {
    const { variable, byDefault } = rows.get(name)!;
    expect(variable).toBe(variableOf(name));
    const isDerived = name === 'batchRowsMax';
    const text = defaults[name] === '' ? 'none' : `\`${defaults[name]}\``;
    expect({ name, byDefault }).toEqual({ name, byDefault: isDerived ? '0 (ten times `batchRows`)' : text });
  }
});

test('docs/http.md names the path of every operation', () => {
  const text = pageText('docs/http.md');
  const paths = Object.values(OPERATIONS).map(({ path }) => path);
  expect(
    [...new Set(paths)].filter(
      (path) => !new RegExp(`[\` ]${path.replaceAll(/[{}.]/g, '\\$&')}\``).test(text),
    ),
  ).toEqual([]);
});

test('every ALDER_ variable that the compose file or the Dockerfile sets is a setting, or the one secret that has no flag', () => {
  const set = `${compose}\n${textOf('Dockerfile')}`.match(/\bALDER_[A-Z_]+(?=: |=)/g) ?? [];
  expect(set).not.toEqual([]);
  expect(set.filter((variable) => ![...settingVariables, ADMIN_TOKEN_VARIABLE].includes(variable))).toEqual(
    [],
  );
});

describe('the decision records', () => {
  const records = filesBelow('docs/decisions', '.md').filter((path) => !path.endsWith('README.md'));
  const index = pageText('docs/decisions/README.md');

  test('the numbers rise by one from 0001', () => {
    const numbers = records.map((path) => Number(/\/(\d{4})-[a-z0-9-]+\.md$/.exec(path)?.[1]));
    expect(numbers).toEqual(numbers.map((_, i) => i + 1));
    expect(numbers.length).toBeGreaterThan(25);
  });

  test.each(records)(
    '%s has a date, a status and its three parts, and stands in the index under its title',
    (path) => {
      const text = textOf(path);
      const [, number, title] = /^# (\d{4}) · (.+)$/m.exec(text) ?? [];
      expect(path).toContain(`/${number}-`);
      expect(text).toMatch(/^\*\*Status:\*\* (accepted|replaced by .+), \d{4}-\d{2}-\d{2}$/m);
      for (const part of ['Context', 'Decision', 'Consequences']) expect(text).toContain(`\n## ${part}\n`);
      expect(index).toContain(`[${title}](${posix.basename(path)})`);
    },
  );
});
