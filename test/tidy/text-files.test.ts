import { filesBelow, sourceFiles, textOf } from './source-files';

const LINES_MAX = 300;

/** Absolute paths that exist only on one person's machine. */
const MACHINE_PATH = /(?<![\w.$}])(\/home\/\w|\/Users\/\w|\/root\/\w|\/work\/\w|[A-Z]:\\\w)/;

const texts = filesBelow('.').filter(
  (path) => !/\.(png|jpg|ico|mdb|tgz)$/.test(path) && path !== 'package-lock.json',
);

test(`no source file is longer than ${LINES_MAX} lines`, () => {
  const sources = [
    ...sourceFiles('.ts', '.tsx', '.css', '.lua'),
    ...filesBelow('bin'),
    ...filesBelow('scripts'),
  ];
  expect(sources.filter((path) => textOf(path).split('\n').length - 1 > LINES_MAX)).toEqual([]);
});

test('no text file names an absolute path of a machine', () => {
  expect(texts.length).toBeGreaterThan(150);
  expect(texts.filter((path) => MACHINE_PATH.test(textOf(path)))).toEqual([]);
});

test('no source file has a note of unfinished work', () => {
  const marks = new RegExp(
    `\\b(${['TO', 'FIX'].map((half) => half + (half === 'TO' ? 'DO' : 'ME')).join('|')})\\b`,
  );
  expect(sourceFiles().filter((path) => marks.test(textOf(path)))).toEqual([]);
});

describe('the header of every Lua script', () => {
  const scripts = sourceFiles('.lua');

  test('Lua scripts exist', () => expect(scripts).not.toEqual([]));

  test.each(scripts)('%s names purpose, guarantee, KEYS and ARGV', (path) => {
    const lines = textOf(path).split('\n');
    const header = lines
      .slice(
        0,
        lines.findIndex((line) => !line.startsWith('--')),
      )
      .join('\n');
    const name = path.slice(path.lastIndexOf('/') + 1, -'.lua'.length);
    const body = textOf(path).slice(header.length);
    expect(header).toMatch(new RegExp(`^-- ${name}: \\S`));
    expect(header).toMatch(/^-- Guarantee: \S/m);
    for (const kind of ['KEYS', 'ARGV']) {
      const uses = [...body.matchAll(new RegExp(`\\b${kind}\\[\\d+\\]`, 'g'))].map((match) => match[0]);
      for (const use of uses) expect(header).toContain(`-- ${use} `);
    }
  });
});
