import { ENGINE_NAMES } from '../../shared/engine/engine';
import { checkEngineLimits, engineByName, engineLabel } from '../../shared/engine/engines';
import { isAlderError } from '../../shared/errors';
import { depth, leafOf, majorityClass, nodeCount } from '../../shared/tree/tree';
import { checkTree } from '../../shared/tree/tree-check';
import { decodeTree, encodeTree } from '../../shared/tree/tree-codec';
import { irisRows } from './iris';
import { trainingSet } from './training-sets';

function codeOf(run: () => unknown): string | null {
  try {
    run();
  } catch (error) {
    if (isAlderError(error)) return error.code;
    throw error;
  }
  return null;
}

test('ml-cart is loaded only when it is asked for', () => {
  jest.isolateModules(() => {
    const loaded = jest.fn();
    jest.doMock('ml-cart', () => {
      loaded();
      return { DecisionTreeClassifier: class {} };
    });
    const engines = require('../../shared/engine/engines') as typeof import('../../shared/engine/engines');
    engines.engineByName('exact');
    expect(loaded).not.toHaveBeenCalled();
    engines.engineByName('ml-cart');
    expect(loaded).toHaveBeenCalled();
  });
  jest.dontMock('ml-cart');
});

test('a record names an engine with its behaviour number', () => {
  expect(ENGINE_NAMES.map((name) => engineLabel(engineByName(name)))).toEqual([
    'exact/1',
    'histogram/1',
    'ml-cart/1',
  ]);
});

test('ml-cart refuses a window above 3,000 rows and a leaf minimum above 1, exact takes both', () => {
  const [exact, mlCart] = [engineByName('exact'), engineByName('ml-cart')];
  expect(codeOf(() => checkEngineLimits(mlCart, { windowRows: 3_000, minLeafRows: 1 }))).toBeNull();
  expect(codeOf(() => checkEngineLimits(mlCart, { windowRows: 3_001, minLeafRows: 1 }))).toBe(
    'window-too-large',
  );
  expect(codeOf(() => checkEngineLimits(mlCart, { windowRows: 3_000, minLeafRows: 2 }))).toBe(
    'setting-invalid',
  );
  expect(
    codeOf(() => checkEngineLimits(exact, { windowRows: 10_000_000, minLeafRows: 1_000_000 })),
  ).toBeNull();
  expect(codeOf(() => checkEngineLimits(exact, { windowRows: 10_000_001, minLeafRows: 1 }))).toBe(
    'window-too-large',
  );
});

test('only the exact engine fits small windows on the calling thread and shares large fits among threads', () => {
  const engines = ENGINE_NAMES.map(engineByName);
  expect(engines.map(({ callingThreadValuesMax }) => callingThreadValuesMax)).toEqual([4_096, 0, 0]);
  expect(engines.map(({ canShareFit }) => canShareFit)).toEqual([true, false, false]);
});

describe.each(ENGINE_NAMES)('engine %s', (name) => {
  const engine = engineByName(name);
  const limits = { maxDepth: 64, minLeafRows: 1 };

  test(`a tree of ${name} survives encoding and decoding`, () => {
    const tree = engine.fit(irisRows(), limits);
    checkTree(tree);
    expect(decodeTree(encodeTree(tree))).toEqual(tree);
  });

  test(`a tree of ${name} on Iris predicts setosa for [0.1, 1.1, 0.4, 0.8]`, () => {
    const tree = engine.fit(irisRows(), limits);
    const leaf = leafOf(tree, Float64Array.of(0.1, 1.1, 0.4, 0.8), 0);
    expect(tree.classNames[majorityClass(tree, leaf)]).toBe('setosa');
  });

  test(`a tree of ${name} counts every row of Iris once, at the root and over the leaves`, () => {
    const tree = engine.fit(irisRows(), limits);
    expect([...tree.classCounts.subarray(0, 3)]).toEqual([50, 50, 50]);
    let rows = 0;
    for (let node = 0; node < nodeCount(tree); node++) {
      if (tree.feature[node]! < 0) for (let k = 0; k < 3; k++) rows += tree.classCounts[node * 3 + k]!;
    }
    expect(rows).toBe(150);
  });

  test(`no tree of ${name} is deeper than maxDepth`, () => {
    const rows = irisRows();
    expect([0, 1, 2, 3].map((maxDepth) => depth(engine.fit(rows, { maxDepth, minLeafRows: 1 })))).toEqual([
      0, 1, 2, 3,
    ]);
  });

  test(`a tree of ${name} keeps the index of a class without rows`, () => {
    const tree = engine.fit(trainingSet([[1, 2, 3]], [1, 1, 3], 5), limits);
    expect([...tree.classCounts.subarray(0, 5)]).toEqual([0, 2, 0, 1, 0]);
    expect(majorityClass(tree, leafOf(tree, Float64Array.of(3), 0))).toBe(3);
  });

  test(`a single row is a leaf to ${name}`, () => {
    expect(nodeCount(engine.fit(trainingSet([[1]], [0]), limits))).toBe(1);
  });

  test(`an empty set is a broken invariant to ${name}`, () => {
    expect(codeOf(() => engine.fit({ ...trainingSet([[]], [], 2), rowCount: 0 }, limits))).toBe('invariant');
  });
});
