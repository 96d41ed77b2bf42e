import XmlBuilder from 'fast-xml-builder';
import { AlderError } from '../errors';
import type { Tree } from '../tree/tree';
import { isPrintable } from './names';
import { NESTED_DEPTH_MAX, refuseTooDeep } from './nesting';
import { nodesOf } from './pmml-nodes';
import { nameOf, type TreeFacts } from './tree-facts';
import { type Element, element } from './xml-element';

/**
 * A tree as a PMML 4.4 TreeModel. Every node names its class by `score`, so that a tie is broken as it is here, and
 * numbers are JavaScript's shortest texts, which read back to the same doubles. The target field is called `label`, the
 * outputs `probability(class)`; a name that a feature has taken gets underscores behind it.
 *
 * Throws `export-format` for a tree that is too deep to be nested, and for a name with characters that XML cannot hold.
 */
export function encodePmml(tree: Tree, facts: TreeFacts = {}): string {
  refuseTooDeep(tree, 'pmml');
  for (const name of [...tree.featureNames, ...tree.classNames]) refuseUnprintable(name);
  const builder = new XmlBuilder({
    preserveOrder: true,
    ignoreAttributes: false,
    // A class may be called "true".
    suppressBooleanAttributes: false,
    suppressEmptyNode: true,
    attributeNamePrefix: '',
    format: false,
    // Nodes below nodes, and the few elements around and inside them.
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
  /** Of the output fields, shape [classes]. */
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
