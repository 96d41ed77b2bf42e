import { Command } from 'commander';
import { AlderError } from '../../shared/errors';
import type { Settings } from '../../shared/settings/settings';
import { copyDataFolder } from '../open-backend';
import { settingsOf, withSettings } from '../options';

/** `alder backup DIR`: a copy of the embedded log and registry, also while `alder up` runs on them. */
export function backupCommand(): Command {
  const command = new Command('backup')
    .description('copy the data folder (log and registry) to a new folder, also while it is in use')
    .argument('<dir>', 'the new folder; an existing one must be empty')
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      '\nExample:\n  alder backup backups/monday && alder verify --data-dir backups/monday',
    );
  return withSettings(command, ['dataDir']).action(
    (dir: string, { json, ...flags }: Record<string, unknown>) =>
      copy(embedded(settingsOf(flags)).dataDir, dir, json === true),
  );
}

/** `alder restore DIR`: makes a backup the data folder again. */
export function restoreCommand(): Command {
  const command = new Command('restore')
    .description('make a backup the data folder again; a data folder that exists is never overwritten')
    .argument('<dir>', 'a folder that "alder backup" made')
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      '\nExample:\n  mv .alder .alder.old && alder restore backups/monday && alder verify',
    );
  return withSettings(command, ['dataDir']).action(
    (dir: string, { json, ...flags }: Record<string, unknown>) =>
      copy(dir, embedded(settingsOf(flags)).dataDir, json === true),
  );
}

async function copy(from: string, to: string, isJson: boolean): Promise<void> {
  const bytes = await copyDataFolder(from, to);
  process.stdout.write(
    isJson
      ? `${JSON.stringify({ from, to, bytes })}\n`
      : `${from} → ${to}: ${bytes} bytes; check it with: alder verify --data-dir ${to}\n`,
  );
}

/** Throws `usage` where log and registry are servers, which have backups of their own. */
function embedded(settings: Settings): Settings {
  if (settings.kafkaBrokers === '') return settings;
  throw new AlderError('usage', 'log and registry are Kafka and Redis here, and not a data folder', {
    hint: "back up Kafka's and Redis' volumes; unset KAFKA_BROKERS and REDIS_URL to copy a data folder",
  });
}
