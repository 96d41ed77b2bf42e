import { OPERATING_FAULTS, REQUEST_FAULTS, ROW_FAULTS } from '../../shared/errors';
import { sourceFiles, textOf } from './source-files';

const LIST = 'shared/errors.ts';
const codes = [...ROW_FAULTS, ...REQUEST_FAULTS, ...OPERATING_FAULTS];
const used = new Set(
  sourceFiles()
    .filter((path) => path !== LIST)
    .flatMap((path) => [...textOf(path).matchAll(/'([a-z0-9-]+)'/g)].map((match) => match[1]!)),
);

test('every error code in the list is used by the sources', () => {
  expect(codes.filter((code) => !used.has(code))).toEqual([]);
});

test('no code stands for two faults', () => {
  expect(codes.filter((code, i) => codes.indexOf(code) !== i)).toEqual([]);
});

test('a code is lower-case words joined by hyphens, so it fits into a header, a label and an address', () => {
  expect(codes.filter((code) => !/^[a-z]+[0-9]*(-[a-z0-9]+)*$/.test(code))).toEqual([]);
});
