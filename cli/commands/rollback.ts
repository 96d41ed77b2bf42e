import { Command } from 'commander';
import { rollBack } from '../../shared/model-registry/alias-changes';
import { CHAMPION } from '../../shared/model-registry/aliases';
import { SETTING_GROUPS, settingsOf, withSettings } from '../settings-options';
import { changedByUser, tellChanged, withRegistry } from '../with-registry';

/** `alder rollback`: make the champion before the live one the champion again, and hold it. */
export function rollbackCommand(): Command {
  const command = new Command('rollback')
    .description('make the champion before the live one the champion again, and hold it')
    .option('--reason <text>', 'why, for the journal')
    .option('--json', 'one JSON document')
    .addHelpText('after', '\nExample:\n  alder rollback --reason "accuracy fell"');
  return withSettings(command, SETTING_GROUPS.backend).action(
    async ({ json, reason, ...flags }: Record<string, unknown>) => {
      const by = changedByUser(reason, 'rollback');
      await withRegistry(settingsOf(flags), async (registry) =>
        tellChanged(CHAMPION, await rollBack(registry, 'any', by), json === true),
      );
    },
  );
}
