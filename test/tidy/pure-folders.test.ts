import { filesBelow, sourceImports, textOf } from './source-files';

/** Names by which code would look at a clock, at chance or at the machine. */
const IMPURE =
  /\b(Date|performance|process|setTimeout|setInterval|setImmediate|fetch|require|globalThis)\b|Math\.random/;

describe.each(['shared/tree', 'shared/evaluation'])('%s is pure', (folder) => {
  const files = filesBelow(folder, '.ts');

  test('it imports nothing from npm, and from Node only node:crypto, for digests', () => {
    const foreign = sourceImports().filter(({ by, isOurs }) => by.startsWith(`${folder}/`) && !isOurs);
    expect(foreign.filter(({ of }) => of !== 'node:crypto')).toEqual([]);
  });

  test('it asks neither clock nor chance nor environment', () => {
    expect(files.length).toBeGreaterThan(3);
    const code = (path: string) => textOf(path).replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    expect(files.filter((path) => IMPURE.test(code(path)))).toEqual([]);
    expect(files.filter((path) => /randomBytes|randomUUID|randomInt/.test(code(path)))).toEqual([]);
  });
});
