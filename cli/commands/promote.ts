import { Command } from 'commander';
import { pointAlias } from '../../shared/model-registry/alias-changes';
import { CHAMPION } from '../../shared/model-registry/aliases';
import { resolveVersion } from '../load-version';
import { SETTING_GROUPS, settingsOf, withSettings } from '../settings-options';
import { changedByUser, tellChanged, withRegistry } from '../with-registry';

/** `alder promote V`: makes a version the champion and holds it. */
export function promoteCommand(): Command {
  const command = new Command('promote')
    .description('make a version the champion, and hold it until "alder release"')
    .argument('<version>', 'number or alias')
    .option('--reason <text>', 'why, for the journal')
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      '\nExample:\n  alder promote 12 --reason "the newer ones were trained on bad rows"',
    );
  return withSettings(command, SETTING_GROUPS.backend).action(
    async (versionOrAlias: string, { json, reason, ...flags }: Record<string, unknown>) => {
      const by = changedByUser(reason, 'promote');
      await withRegistry(settingsOf(flags), async (registry) => {
        const version = await resolveVersion(registry, versionOrAlias);
        const target = { alias: CHAMPION, version, expected: 'any' } as const;
        tellChanged(CHAMPION, await pointAlias(registry, target, by), json === true);
      });
    },
  );
}
