import { Command } from 'commander';
import { AlderError } from '../../shared/errors';
import { pointAlias } from '../../shared/model-registry/alias-changes';
import { isAliasName } from '../../shared/model-registry/aliases';
import type { AliasValue, ModelRegistry } from '../../shared/model-registry/model-registry';
import { changedByUser, printChanged } from '../alias-change';
import { resolveVersion } from '../load-version';
import { withRegistry } from '../open-backend';
import { SETTING_GROUPS, settingsOf, withSettings } from '../options';
import { paintFor, tableText } from '../table';

/** `alder alias [NAME VERSION]`: names for versions. */
export function aliasCommand(): Command {
  const command = new Command('alias')
    .description('list the aliases, or point an alias at a version; retention keeps a version with an alias')
    .argument('[name]', 'the alias')
    .argument('[version]', 'the new version of the alias, as number or alias')
    .option('--reason <text>', 'why, for the journal')
    .option('--json', 'one JSON document')
    .addHelpText('after', '\nExample:\n  alder alias stable 12');
  return withSettings(command, SETTING_GROUPS.backend).action(
    async (name: string | undefined, version: string | undefined, options: Record<string, unknown>) => {
      const { json, reason, ...flags } = options;
      await withRegistry(settingsOf(flags), async (registry) => {
        if (name === undefined) return list(registry, json === true);
        if (version === undefined) throw new AlderError('usage', `name the version for the alias ${name}`);
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
      hint: 'allowed: lower-case letters, digits, _ and -; not a number and not "latest"',
      fields: { alias },
    });
  const { aliases } = await registry.loadState();
  const expected = Object.hasOwn(aliases, alias) ? 'any' : 0;
  const version = await resolveVersion(registry, versionOrAlias);
  const by = changedByUser(reason, `${alias} to version ${version}`);
  printChanged(alias, await pointAlias(registry, { alias, version, expected }, by), isJson);
}
