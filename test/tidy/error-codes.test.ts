import { OPERATING_FAULTS, REQUEST_FAULTS, ROW_FAULTS } from '../../shared/errors';
import { LOG_CODES } from '../../shared/runtime/log-codes';
import { sourceFiles, textOf } from './source-files';

/** The lists themselves are no use of a code. */
const LISTS = ['shared/errors.ts', 'shared/runtime/log-codes.ts'];
const codes = [...ROW_FAULTS, ...REQUEST_FAULTS, ...OPERATING_FAULTS];
const logCodes = Object.keys(LOG_CODES);
const used = new Set(
  sourceFiles()
    .filter((path) => !LISTS.includes(path))
    .flatMap((path) => [...textOf(path).matchAll(/'([a-z0-9-]+)'/g)].map((match) => match[1]!)),
);

test('every error code in the list is used by the sources', () => {
  expect(codes.filter((code) => !used.has(code))).toEqual([]);
});

test('every log code in the list is used by the sources', () => {
  expect(logCodes.filter((code) => !used.has(code))).toEqual([]);
});

test('no code has two meanings', () => {
  const all = [...codes, ...logCodes];
  expect(all.filter((code, i) => all.indexOf(code) !== i)).toEqual([]);
});

test('every code is lower-case words joined by hyphens, so it fits into a header, a label and an address', () => {
  expect([...codes, ...logCodes].filter((code) => !/^[a-z]+[0-9]*(-[a-z0-9]+)*$/.test(code))).toEqual([]);
});
