import { AlderError } from '../../shared/errors';
import { decodeTree } from '../../shared/tree/tree-codec';
import {
  encodeAs,
  TREE_FILE_KINDS,
  TREE_FORMAT_NAMES,
  treeFormatByName,
} from '../../shared/tree-formats/formats';
import { noiseTree } from './some-trees';

const tree = noiseTree({ seed: 8, rows: 100, features: 3, classes: 3 });

test('every format has a content type and an ending of its own', () => {
  const kinds = TREE_FORMAT_NAMES.map((format) => TREE_FILE_KINDS[format]);
  expect(new Set(kinds.map(({ ending }) => ending)).size).toBe(TREE_FORMAT_NAMES.length);
  for (const { contentType } of kinds) expect(contentType).toMatch(/^[a-z]+\/[a-z.+-]+(; charset=utf-8)?$/);
});

test.each(TREE_FORMAT_NAMES)('the same tree gives the same file in the format %s', (format) => {
  const file = encodeAs(format, tree, { model: 'm', version: 1 });
  expect(encodeAs(format, tree, { model: 'm', version: 1 })).toEqual(file);
  expect(file.length).toBeGreaterThan(0);
  expect(file instanceof Uint8Array).toBe(format === 'onnx');
});

test('the format json is the canonical text', () => {
  expect(decodeTree(encodeAs('json', tree) as string)).toEqual(tree);
});

test('a format that does not exist is refused with the list of those that do', () => {
  expect(treeFormatByName('ml-cart')).toBe('ml-cart');
  for (const name of ['JSON', '', 'toString', '__proto__', 'x'.repeat(1_000)]) {
    let refusal: unknown;
    try {
      treeFormatByName(name);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(AlderError);
    expect(refusal).toMatchObject({
      code: 'export-format',
      hint: `take one of ${TREE_FORMAT_NAMES.join(', ')}`,
    });
    expect((refusal as AlderError).message.length).toBeLessThan(100);
  }
});

test('the packages for ONNX and PMML are loaded for these formats alone', () => {
  jest.isolateModules(() => {
    for (const name of ['protobufjs/light', 'fast-xml-builder']) {
      jest.doMock(name, () => {
        throw new Error(`${name} is loaded`);
      });
    }
    const own =
      require('../../shared/tree-formats/formats') as typeof import('../../shared/tree-formats/formats');
    const { onnx, pmml, ...rest } = TREE_FILE_KINDS;
    for (const format of Object.keys(rest)) own.encodeAs(own.treeFormatByName(format), tree);
    expect(() => own.encodeAs('onnx', tree)).toThrow('protobufjs/light is loaded');
    expect(() => own.encodeAs('pmml', tree)).toThrow('fast-xml-builder is loaded');
    expect([onnx.ending, pmml.ending]).toEqual(['.onnx', '.pmml']);
  });
});
