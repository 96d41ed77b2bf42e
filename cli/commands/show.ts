import { Command } from 'commander';
import { decodeVersionRecord } from '../../shared/model-registry/version-record';
import { silentLog } from '../../shared/runtime/log';
import { resolveVersion, unknownVersion } from '../load-version';
import { LOOKING, openBackend } from '../open-backend';
import { SETTING_GROUPS, settingsOf, withSettings } from '../settings-options';

/** `alder show V`: one version's record. */
export function showCommand(): Command {
  const command = new Command('show')
    .description("show one version's record: what it was made of and what came out")
    .argument('<version>', 'number or alias')
    .option('--json', "the record's own bytes, on one line")
    .addHelpText('after', '\nExample:\n  alder show champion');
  return withSettings(command, SETTING_GROUPS.backend).action(
    async (versionOrAlias: string, { json, ...flags }: Record<string, unknown>) => {
      const backend = openBackend(settingsOf(flags), silentLog);
      try {
        const registry = await backend.registry(LOOKING);
        const version = await resolveVersion(registry, versionOrAlias);
        const text = await registry.loadRecord(version);
        if (text === null) throw unknownVersion(registry, version);
        const shown = json === true ? text : JSON.stringify(decodeVersionRecord(text), null, 2);
        process.stdout.write(`${shown}\n`);
      } finally {
        await backend.close();
      }
    },
  );
}
