import { filesBelow, sourceImports, textOf } from './source-files';

/** Names by which code would look at a clock, at chance or at the machine. */
const IMPURE =
  /\b(Date|performance|process|setTimeout|setInterval|setImmediate|fetch|require|globalThis)\b|Math\.random/;

/** Each pure folder with all that it imports from Node and npm: node:crypto, for digests, and codecs of bytes and text. */
const PURE: readonly (readonly [folder: string, ...packages: string[]])[] = [
  ['shared/tree', 'node:crypto'],
  ['shared/evaluation', 'node:crypto'],
  ['shared/tree-formats', 'node:crypto', 'protobufjs/light', 'fast-xml-builder'],
];

/** The one file that loads others of its folder when they are asked for. */
const LOADS_LATE = 'shared/tree-formats/formats.ts';

describe.each(PURE)('%s is pure', (folder, ...packages) => {
  const files = filesBelow(folder, '.ts');

  test(`it imports nothing else from Node and npm than ${packages.join(', ')}`, () => {
    const foreign = sourceImports().filter(({ by, isOurs }) => by.startsWith(`${folder}/`) && !isOurs);
    expect(foreign.filter(({ of }) => !packages.includes(of))).toEqual([]);
  });

  test('it asks neither clock nor chance nor environment', () => {
    expect(files.length).toBeGreaterThan(3);
    const code = (path: string) => {
      const text = textOf(path).replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
      return path === LOADS_LATE ? text.replace(/\brequire\('\.\//g, '') : text;
    };
    expect(files.filter((path) => IMPURE.test(code(path)))).toEqual([]);
    expect(files.filter((path) => /randomBytes|randomUUID|randomInt/.test(code(path)))).toEqual([]);
  });
});
