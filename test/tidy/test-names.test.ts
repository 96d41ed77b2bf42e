import { filesBelow, textOf } from './source-files';

/** A name that begins with one of these words continues a sentence of the describe above it. */
const FRAGMENT = /\b(?:test|it)(?:\.\w+)*(?:\([^;]*?\))?\(\s*(['"`])((?:it|its|and|that|of)\b.*?)\1/gi;

const FOLDERS = ['bench', 'browser', 'dashboard', 'faults', 'scenarios', 'simulation', 'support', 'tidy'];

test('no test name begins with it, its, and, that or of, since a name is read alone in a report', () => {
  const files = FOLDERS.flatMap((folder) => filesBelow(`test/${folder}`, '.ts'));
  expect(files.length).toBeGreaterThan(100);
  const found = files.flatMap((path) =>
    [...textOf(path).matchAll(FRAGMENT)].map((match) => `${path}: ${match[2]}`),
  );
  expect(found).toEqual([]);
});
