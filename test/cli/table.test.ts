import { paintFor, plain, tableText } from '../../cli/table';

const terminal = { isTTY: true } as NodeJS.WriteStream;
const file = { isTTY: false } as NodeJS.WriteStream;
const ESCAPE = '\u001b';

test.each<[string, NodeJS.WriteStream, NodeJS.ProcessEnv]>([
  ['a file or a pipe', file, {}],
  ['a terminal without colours', terminal, { TERM: 'dumb' }],
  ['a terminal with NO_COLOR', terminal, { NO_COLOR: '1' }],
])('%s gets plain text', (_who, out, environment) => {
  expect(paintFor(out, environment)('bad', 'DIFFERS')).toBe('DIFFERS');
});

test('a terminal gets colours, also where NO_COLOR is set to nothing', () => {
  const painted = paintFor(terminal, { NO_COLOR: '', TERM: 'xterm' })('bad', 'DIFFERS');
  expect(painted).toContain('DIFFERS');
  expect(painted).toContain(ESCAPE);
});

test('a coloured table has the columns of a plain one', () => {
  const marked = tableText(
    ['version', ''],
    [
      ['12', 'champion'],
      ['3', 'worse'],
    ],
    (_, text) => `<${text}>`,
  );
  expect(marked).toBe('<version>\n12       <champion>\n3        <worse>\n');
  expect(tableText(['version', ''], [['12', 'champion']], plain)).toBe('version\n12       champion\n');
});
