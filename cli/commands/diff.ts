import { Command } from 'commander';
import { loadKnownVersion } from '../../services/trainer/versions/live-versions';
import { AlderError } from '../../shared/errors';
import { accuracy, type Hits } from '../../shared/evaluation/accuracy';
import type { ModelRegistry } from '../../shared/model-registry/model-registry';
import type { VersionRecord } from '../../shared/model-registry/version-record';
import { treeDiff } from '../../shared/tree/tree-diff';
import { describeChange, describedChange } from '../describe-change';
import { resolveVersion, unknownVersion } from '../load-version';
import { type Paint, paintFor } from '../paint';
import { SETTING_GROUPS, settingsOf, withSettings } from '../settings-options';
import { tableText } from '../table';
import { rowsIn } from '../version-line';
import { withRegistry } from '../with-registry';

const CHANGES_SHOWN_MAX = 40;

/** `alder diff V1 V2`: figures side by side, and the splits that changed. */
export function diffCommand(): Command {
  const command = new Command('diff')
    .description('compare two versions: figures side by side, and the splits that changed')
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
            'the two versions read other rows, so no split can be compared',
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
          process.stdout.write(`${describeChange(before.tree, after.tree, change, paint)}\n`);
        if (changes.length > CHANGES_SHOWN_MAX)
          process.stdout.write(
            `  … and ${changes.length - CHANGES_SHOWN_MAX} more; --json has all of them\n`,
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
  const heldOut = ({ evaluation: { holdout } }: VersionRecord) =>
    share({ rows: holdout.rows, hits: holdout.candidate });
  return tableText(
    ['', `version ${before.version}`, `version ${after.version}`],
    [
      line('reason', ({ promotion }) => promotion.reason),
      line('rows read', rowsIn),
      line('rows fitted', ({ rows }) => rows.fitted),
      line('holdout', heldOut),
      line('test-then-train', ({ evaluation }) => share(evaluation.prequential)),
      line('leaves', ({ tree }) => tree.leaves),
      line('depth', ({ tree }) => tree.depth),
      line('tree', ({ tree }) => tree.digest.slice(0, 12)),
      line('created', ({ createdAt }) => createdAt),
    ],
    paint,
  );
}

function share(hits: Hits): string {
  const known = accuracy(hits);
  return known === null ? '-' : `${hits.hits}/${hits.rows} ${(known * 100).toFixed(1)}%`;
}
