import { Command } from 'commander';
import { releaseChampion } from '../../shared/model-registry/alias-changes';
import { CHAMPION } from '../../shared/model-registry/aliases';
import { SETTING_GROUPS, settingsOf, withSettings } from '../settings-options';
import { changedByUser, tellChanged, withRegistry } from '../with-registry';

/** `alder release`: let a held champion follow the gate again. */
export function releaseCommand(): Command {
  const command = new Command('release')
    .description('let a held champion follow the gate again')
    .option('--reason <text>', 'why, for the journal')
    .option('--json', 'one JSON document')
    .addHelpText('after', '\nExample:\n  alder release');
  return withSettings(command, SETTING_GROUPS.backend).action(
    async ({ json, reason, ...flags }: Record<string, unknown>) => {
      const by = changedByUser(reason, 'release');
      await withRegistry(settingsOf(flags), async (registry) =>
        tellChanged(CHAMPION, await releaseChampion(registry, 'any', by), json === true),
      );
    },
  );
}
