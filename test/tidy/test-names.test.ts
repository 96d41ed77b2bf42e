import { filesBelow, textOf } from './source-files';

/** A name that begins so is a fragment: it reads only with the name of the group above it. */
const FRAGMENT = /^(it|its|and|that|of)\b/i;

/** The names of all tests in a text: the first string after `test(`, `it(`, and the table of their `.each`. */
function testNames(text: string): string[] {
  const names: string[] = [];
  for (const call of text.matchAll(/\b(?:test|it)(?:\.\w+)*(?=[(<])/g)) {
    let at = call.index + call[0].length;
    if (text[at] === '<') at = text.indexOf('>(', at) + 1;
    if (call[0].endsWith('.each')) at = endOfGroup(text, at);
    const name = /^\(\s*(['"`])([\s\S]*?)\1/.exec(text.slice(at));
    if (name !== null) names.push(name[2]!);
  }
  return names;
}

/** The index behind the bracket that closes the one at `start`; brackets inside strings do not count. */
function endOfGroup(text: string, start: number): number {
  const tokens = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|[([{]|[)\]}]/g;
  tokens.lastIndex = start;
  let depth = 0;
  for (let token = tokens.exec(text); token !== null; token = tokens.exec(text)) {
    if ('([{'.includes(token[0])) depth++;
    else if (')]}'.includes(token[0])) depth--;
    if (depth === 0) return tokens.lastIndex;
  }
  return text.length;
}

test('the names of plain tests and of tests with a table are found', () => {
  const [plain, table] = [
    "test('one', f); it.only(\n  `two`, f);",
    "test.each<[A, B]>([[')', 1]])('three', f);",
  ];
  expect(testNames(plain! + table!)).toEqual(['one', 'two', 'three']);
});

test('no test name is a fragment', () => {
  const files = filesBelow('test', '.ts');
  const named = files.flatMap((path) => testNames(textOf(path)).map((name) => ({ path, name })));
  expect(named.length).toBeGreaterThan(1_000);
  expect(named.filter(({ name }) => FRAGMENT.test(name))).toEqual([]);
});
