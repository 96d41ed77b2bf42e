import { Command } from 'commander';
import { loadKnownVersion } from '../../services/trainer/versions/live-versions';
import { AlderError } from '../../shared/errors';
import type { ModelRegistry } from '../../shared/model-registry/model-registry';
import type { VersionRecord } from '../../shared/model-registry/version-record';
import { isLeaf, majorityClass, type Tree } from '../../shared/tree/tree';
import { type ChangeKind, type NodeChange, treeDiff } from '../../shared/tree/tree-diff';
import { resolveVersion, unknownVersion } from '../load-version';
import { withRegistry } from '../open-backend';
import { SETTING_GROUPS, settingsOf, withSettings } from '../options';
import { type Paint, paintFor, tableText } from '../table';
import { hitsText, holdoutText, rowsIn } from '../version-text';

const CHANGES_SHOWN_MAX = 40;

/** `alder diff V1 V2`: figures side by side, and the splits that changed. */
export function diffCommand(): Command {
  const command = new Command('diff')
    .description('compare two versions: their figures side by side, and the splits that changed')
    .argument('<before>', 'number or alias')
    .argument('<after>', 'number or alias')
    .option('--json', 'one JSON document, with every change')
    .addHelpText('after', '\nExample:\n  alder diff champion latest');
  return withSettings(command, SETTING_GROUPS.backend).action(
    async (first: string, second: string, { json, ...flags }: Record<string, unknown>) => {
      await withRegistry(settingsOf(flags), async (registry) => {
        const before = await loadVersion(registry, first);
        const after = await loadVersion(registry, second);
        if (before.record.schemaDigest !== after.record.schemaDigest)
          throw new AlderError(
            'schema-differs',
            'the schemas of the two versions differ, so their splits cannot be compared',
          );
        const changes = treeDiff(before.tree, after.tree);
        if (json === true) {
          const described = changes.map((change) => describedChange(before.tree, after.tree, change));
          const [one, other] = [before.record, after.record];
          process.stdout.write(`${JSON.stringify({ before: one, after: other, changes: described })}\n`);
          return;
        }
        const paint = paintFor(process.stdout);
        process.stdout.write(figuresText(before.record, after.record, paint));
        process.stdout.write(changes.length === 0 ? '\nno split changed\n' : `\n${changes.length} changes\n`);
        for (const change of changes.slice(0, CHANGES_SHOWN_MAX))
          process.stdout.write(`${changeText(before.tree, after.tree, change, paint)}\n`);
        if (changes.length > CHANGES_SHOWN_MAX)
          process.stdout.write(
            `  … and ${changes.length - CHANGES_SHOWN_MAX} more; --json lists all of them\n`,
          );
      });
    },
  );
}

async function loadVersion(registry: ModelRegistry, versionOrAlias: string) {
  const version = await resolveVersion(registry, versionOrAlias);
  const known = await loadKnownVersion(registry, version);
  if (known === null) throw unknownVersion(registry, version);
  return known;
}

function figuresText(before: VersionRecord, after: VersionRecord, paint: Paint): string {
  const line = (name: string, of: (record: VersionRecord) => string | number) => [
    name,
    String(of(before)),
    String(of(after)),
  ];
  return tableText(
    ['', `version ${before.version}`, `version ${after.version}`],
    [
      line('reason', ({ promotion }) => promotion.reason),
      line('rows read', rowsIn),
      line('rows fitted', ({ rows }) => rows.fitted),
      line('holdout', holdoutText),
      line('prequential', ({ evaluation }) => hitsText(evaluation.prequential)),
      line('leaves', ({ tree }) => tree.leaves),
      line('depth', ({ tree }) => tree.depth),
      line('tree', ({ tree }) => tree.digest.slice(0, 12)),
      line('created', ({ createdAt }) => createdAt),
    ],
    paint,
  );
}

/** A change of the tree as text that needs no tree to be understood. */
interface DescribedChange {
  readonly kind: ChangeKind;
  /** The conditions from the root of the later tree to the changed node. */
  readonly path: readonly string[];
  readonly before: string;
  readonly after: string;
}

function describedChange(before: Tree, after: Tree, change: NodeChange): DescribedChange {
  return {
    kind: change.kind,
    path: pathTo(after, change.after),
    before: nodeText(before, change.before),
    after: nodeText(after, change.after),
  };
}

/** `  petal_width <= 0.8 > …: petal_length <= 4.95 → petal_length <= 4.75` */
function changeText(before: Tree, after: Tree, change: NodeChange, paint: Paint): string {
  const described = describedChange(before, after, change);
  const where = described.path.length === 0 ? 'at the root' : described.path.join(', ');
  return `  ${where}: ${paint('bad', described.before)} → ${paint('good', described.after)}`;
}

function nodeText(tree: Tree, node: number): string {
  if (isLeaf(tree, node)) return tree.classNames[majorityClass(tree, node)]!;
  return `${tree.featureNames[tree.feature[node]!]} <= ${tree.threshold[node]}`;
}

/** A child's index is greater than its parent's, so one pass down the arrays finds all ancestors. */
function pathTo(tree: Tree, node: number): string[] {
  const path: string[] = [];
  let below = node;
  for (let above = node - 1; above >= 0; above--) {
    if (tree.left[above] !== below && tree.right[above] !== below) continue;
    const sign = tree.left[above] === below ? '<=' : '>';
    path.unshift(`${tree.featureNames[tree.feature[above]!]} ${sign} ${tree.threshold[above]}`);
    below = above;
  }
  return path;
}
