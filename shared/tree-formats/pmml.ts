import XmlBuilder from 'fast-xml-builder';
import { AlderError } from '../errors';
import { isLeaf, majorityClass, nodeCount, type Tree } from '../tree/tree';
import { isPrintable, nameOf, type TreeFacts } from './tree-labels';
import { classesAt, NESTED_DEPTH_MAX, refuseTooDeep, rowsAt } from './tree-measures';

/**
 * A tree as a PMML 4.4 TreeModel. Every node names its class in `score`, so a tie is broken as here. Numbers are
 * JavaScript's shortest texts, which read back as the same doubles. The target field is `label`, the output fields are
 * `probability(class)`; underscores follow a name that a feature has too.
 *
 * Throws `export-format` for a tree that is too deep, and for a name with a character that XML cannot hold.
 */
export function encodePmml(tree: Tree, facts: TreeFacts = {}): string {
  refuseTooDeep(tree, 'pmml');
  for (const name of [...tree.featureNames, ...tree.classNames]) refuseUnprintable(name);
  const builder = new XmlBuilder({
    preserveOrder: true,
    ignoreAttributes: false,
    // A class may have the name "true".
    suppressBooleanAttributes: false,
    suppressEmptyNode: true,
    attributeNamePrefix: '',
    format: false,
    // The nested nodes, and the few elements around and inside them.
    maxNestedTags: NESTED_DEPTH_MAX + 8,
  });
  const header = element('Header', { description: nameOf(facts) }, [
    ...extensionsOf(facts),
    element('Application', { name: 'Alder' }),
  ]);
  const fields = fieldNames(tree);
  const document = [
    element('?xml', { version: '1.0', encoding: 'UTF-8' }),
    element('PMML', { xmlns: 'http://www.dmg.org/PMML-4_4', version: '4.4' }, [
      header,
      dataDictionary(tree, fields.label),
      treeModel(tree, fields, facts),
    ]),
  ];
  return `${builder.build(document)}\n`;
}

interface FieldNames {
  readonly label: string;
  /** Names of the output fields, shape [classes]. */
  readonly probabilities: readonly string[];
}

function fieldNames({ featureNames, classNames }: Tree): FieldNames {
  const taken = new Set(featureNames);
  const free = (name: string): string => {
    let own = name;
    while (taken.has(own)) own += '_';
    taken.add(own);
    return own;
  };
  return { label: free('label'), probabilities: classNames.map((name) => free(`probability(${name})`)) };
}

function extensionsOf({ version, digest }: TreeFacts): Element[] {
  return Object.entries({ version, digest })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => element('Extension', { name, value: String(value) }));
}

function dataDictionary({ featureNames, classNames }: Tree, label: string): Element {
  return element('DataDictionary', { numberOfFields: featureNames.length + 1 }, [
    ...featureNames.map((name) => element('DataField', { name, optype: 'continuous', dataType: 'double' })),
    element(
      'DataField',
      { name: label, optype: 'categorical', dataType: 'string' },
      classNames.map((value) => element('Value', { value })),
    ),
  ]);
}

function treeModel(tree: Tree, { label, probabilities }: FieldNames, facts: TreeFacts): Element {
  const attributes = {
    modelName: nameOf(facts),
    functionName: 'classification',
    splitCharacteristic: 'binarySplit',
  };
  return element('TreeModel', attributes, [
    element('MiningSchema', {}, [
      element('MiningField', { name: label, usageType: 'target' }),
      ...tree.featureNames.map((name) => element('MiningField', { name })),
    ]),
    element(
      'Output',
      {},
      tree.classNames.map((value, k) =>
        element('OutputField', {
          name: probabilities[k]!,
          optype: 'continuous',
          dataType: 'double',
          feature: 'probability',
          value,
        }),
      ),
    ),
    nodesOf(tree),
  ]);
}

function refuseUnprintable(name: string): void {
  if (isPrintable(name)) return;
  throw new AlderError(
    'export-format',
    `the name ${JSON.stringify(name)} has a character that XML cannot hold`,
    {
      hint: 'rename it in the schema, or take another format',
    },
  );
}

/** The root's element. A node's element holds the test that leads to it, and its children or, in a leaf, its rows. */
function nodesOf(tree: Tree): Element {
  const tests = testsOf(tree);
  const made: Element[] = new Array(nodeCount(tree));
  // Children come after their parents, so a walk backwards makes them first.
  for (let node = nodeCount(tree) - 1; node >= 0; node--) {
    const attributes = {
      id: node,
      score: tree.classNames[majorityClass(tree, node)]!,
      recordCount: rowsAt(tree, node),
    };
    const below = isLeaf(tree, node)
      ? sharesOf(tree, node)
      : [made[tree.left[node]!]!, made[tree.right[node]!]!];
    made[node] = element('Node', attributes, [tests[node]!, ...below]);
  }
  return made[0]!;
}

/** For each node the test that sends a row from its parent to it; shape [nodes]. */
function testsOf(tree: Tree): Element[] {
  const tests: Element[] = new Array(nodeCount(tree));
  tests[0] = element('True');
  for (let node = 0; node < nodeCount(tree); node++) {
    if (isLeaf(tree, node)) continue;
    const field = tree.featureNames[tree.feature[node]!]!;
    const value = tree.threshold[node]!;
    tests[tree.left[node]!] = element('SimplePredicate', { field, operator: 'lessOrEqual', value });
    tests[tree.right[node]!] = element('SimplePredicate', { field, operator: 'greaterThan', value });
  }
  return tests;
}

/** The classes with rows at a leaf; every other class has the probability 0. */
function sharesOf(tree: Tree, node: number): Element[] {
  return classesAt(tree, node).map(([k, rows]) =>
    element('ScoreDistribution', { value: tree.classNames[k]!, recordCount: rows }),
  );
}

/** An element as fast-xml-builder takes it: its name with its ordered children, and its attributes under `:@`. */
interface Element {
  readonly [name: string]: readonly Element[] | Record<string, string | number>;
}

function element(
  name: string,
  attributes: Record<string, string | number> = {},
  children: readonly Element[] = [],
): Element {
  return { [name]: children, ':@': attributes };
}
