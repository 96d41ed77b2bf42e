import { filesBelow, sourceImports, textOf } from './source-files';

/** Names by which code would look at a clock, at chance or at the machine. */
const IMPURE =
  /\b(Date|performance|process|setTimeout|setInterval|setImmediate|fetch|require|globalThis)\b|Math\.random/;

/** Each pure folder with all that it imports from Node and npm: node:crypto, for digests, and codecs of bytes and text. */
const PURE: readonly (readonly [folder: string, ...packages: string[]])[] = [
  ['shared/tree', 'node:crypto'],
  ['shared/json', 'node:buffer'],
  ['shared/engine', 'ml-cart'],
  ['shared/evaluation', 'node:crypto'],
  ['shared/tree-formats', 'node:crypto', 'protobufjs/light', 'fast-xml-builder'],
];

/** The files that load others of their folder when they are asked for. */
const LOADS_LATE = ['shared/tree-formats/formats.ts', 'shared/engine/engines.ts'];

describe.each(PURE)('%s is pure', (folder, ...packages) => {
  const files = filesBelow(folder, '.ts');

  test(`${folder} imports nothing from Node and npm but ${packages.join(', ')}`, () => {
    const foreign = sourceImports().filter(({ by, isOurs }) => by.startsWith(`${folder}/`) && !isOurs);
    expect(foreign.filter(({ of }) => !packages.includes(of))).toEqual([]);
  });

  test(`${folder} reads neither clock nor randomness nor environment`, () => {
    expect(files.length).toBeGreaterThan(3);
    const code = (path: string) => {
      const text = textOf(path).replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
      return LOADS_LATE.includes(path) ? text.replace(/\brequire\('\.\//g, '') : text;
    };
    expect(files.filter((path) => IMPURE.test(code(path)))).toEqual([]);
    expect(files.filter((path) => /randomBytes|randomUUID|randomInt/.test(code(path)))).toEqual([]);
  });
});
