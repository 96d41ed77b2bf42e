import { Command } from 'commander';
import {
  type AliasChanged,
  type ChangedBy,
  pointAlias,
  releaseChampion,
  rollBack,
} from '../../shared/model-registry/alias-changes';
import { CHAMPION } from '../../shared/model-registry/aliases';
import type { ModelRegistry } from '../../shared/model-registry/model-registry';
import { changedByUser, printChanged } from '../alias-change';
import { resolveVersion } from '../load-version';
import { withRegistry } from '../open-backend';
import { SETTING_GROUPS, settingsOf, withSettings } from '../options';

/** `alder promote V`: makes a version the champion and holds it. */
export function promoteCommand(): Command {
  const command = new Command('promote')
    .description('make a version the champion, and hold it until "alder release"')
    .argument('<version>', 'number or alias');
  const example = 'alder promote 12 --reason "the newer versions were trained on bad rows"';
  return championCommand(command, example, async (registry, by, versionOrAlias) => {
    const version = await resolveVersion(registry, versionOrAlias!);
    return pointAlias(registry, { alias: CHAMPION, version, expected: 'any' }, by);
  });
}

/** `alder rollback`: makes the previous champion the champion again, and holds it. */
export function rollbackCommand(): Command {
  const command = new Command('rollback').description(
    'make the previous champion the champion again, and hold it until "alder release"',
  );
  const example = 'alder rollback --reason "accuracy fell"';
  return championCommand(command, example, (registry, by) => rollBack(registry, 'any', by));
}

/** `alder release`: lets the promotion rule move a held champion again. */
export function releaseCommand(): Command {
  const command = new Command('release').description('let the promotion rule move a held champion again');
  return championCommand(command, 'alder release', (registry, by) => releaseChampion(registry, 'any', by));
}

function championCommand(
  command: Command,
  example: string,
  move: (registry: ModelRegistry, by: ChangedBy, argument: string | undefined) => Promise<AliasChanged>,
): Command {
  command
    .option('--reason <text>', 'why, for the journal')
    .option('--json', 'one JSON document')
    .addHelpText('after', `\nExample:\n  ${example}`);
  return withSettings(command, SETTING_GROUPS.backend).action(async () => {
    const { json, reason, ...flags } = command.opts();
    const by = changedByUser(reason, command.name());
    await withRegistry(settingsOf(flags), async (registry) =>
      printChanged(CHAMPION, await move(registry, by, command.args[0]), json === true),
    );
  });
}
