import { Command } from 'commander';
import { AlderError } from '../../shared/errors';
import { pointAlias } from '../../shared/model-registry/alias-changes';
import { isAliasName } from '../../shared/model-registry/aliases';
import type { AliasValue, ModelRegistry } from '../../shared/model-registry/model-registry';
import { resolveVersion } from '../load-version';
import { paintFor } from '../paint';
import { SETTING_GROUPS, settingsOf, withSettings } from '../settings-options';
import { tableText } from '../table';
import { changedByUser, tellChanged, withRegistry } from '../with-registry';

/** `alder alias [NAME VERSION]`: names for versions. */
export function aliasCommand(): Command {
  const command = new Command('alias')
    .description('list the names of versions, or point one at a version, which keeps it from retention')
    .argument('[name]', 'the name')
    .argument('[version]', 'number or alias that it is to point at')
    .option('--reason <text>', 'why, for the journal')
    .option('--json', 'one JSON document')
    .addHelpText('after', '\nExample:\n  alder alias stable 12');
  return withSettings(command, SETTING_GROUPS.backend).action(
    async (name: string | undefined, version: string | undefined, options: Record<string, unknown>) => {
      const { json, reason, ...flags } = options;
      await withRegistry(settingsOf(flags), async (registry) => {
        if (name === undefined) return list(registry, json === true);
        if (version === undefined)
          throw new AlderError('usage', `name the version that ${name} is to point at`);
        return point(registry, name, version, { isJson: json === true, reason });
      });
    },
  );
}

async function list(registry: ModelRegistry, isJson: boolean): Promise<void> {
  const { aliases } = await registry.loadState();
  if (isJson) process.stdout.write(`${JSON.stringify(aliases)}\n`);
  else
    process.stdout.write(
      tableText(
        ['alias', 'version', 'revision', ''],
        Object.entries(aliases).map(cells),
        paintFor(process.stdout),
      ),
    );
}

function cells([name, { version, revision, held }]: [string, AliasValue]): string[] {
  return [name, String(version), String(revision), held ? 'held' : ''];
}

async function point(
  registry: ModelRegistry,
  alias: string,
  versionOrAlias: string,
  { isJson, reason }: { readonly isJson: boolean; readonly reason: unknown },
): Promise<void> {
  if (!isAliasName(alias))
    throw new AlderError('usage', `"${alias}" cannot be the name of an alias`, {
      hint: 'a lower-case name of letters, digits, _ and -, not a number and not "latest"',
    });
  const { aliases } = await registry.loadState();
  const expected = Object.hasOwn(aliases, alias) ? 'any' : 0;
  const version = await resolveVersion(registry, versionOrAlias);
  const by = changedByUser(reason, `${alias} to version ${version}`);
  tellChanged(alias, await pointAlias(registry, { alias, version, expected }, by), isJson);
}
