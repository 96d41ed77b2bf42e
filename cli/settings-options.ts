import type { Command } from 'commander';
import {
  describeSetting,
  flagOf,
  resolveSettings,
  type SettingName,
  type Settings,
} from '../shared/settings/settings';

/** Which settings a command takes as flags; every other is still read from the environment. */
export const SETTING_GROUPS = {
  backend: [
    'dataDir',
    'kafkaBrokers',
    'redisUrl',
    'model',
    'topic',
    'partitions',
    'schema',
    'kafkaSsl',
    'kafkaSslCaFile',
    'kafkaSaslMechanism',
    'kafkaSaslUsername',
    'kafkaSaslPasswordFile',
    'allowEviction',
    'log',
  ],
  training: [
    'startAt',
    'engine',
    'windowRows',
    'batchRows',
    'batchRowsMax',
    'batchWaitMs',
    'leaseMs',
    'holdoutShare',
    'maxDepth',
    'minLeafRows',
    'fitThreads',
    'promotion',
    'keepVersions',
    'keepVersionsMs',
    'skipBreaker',
    'acceptRegistry',
  ],
  serving: ['requestRowsMax', 'requestBytesMax', 'connectionsMax', 'shadow', 'adminTokenFile'],
} as const satisfies Record<string, readonly SettingName[]>;

/** What a person says to answer an alarm, for one start: as flags they stand alone and mean yes. */
const SWITCHES: readonly SettingName[] = ['skipBreaker', 'acceptRegistry'];

/** Adds the settings' flags to a command. Their values are checked with the environment's, in one place. */
export function withSettings(command: Command, names: readonly SettingName[]): Command {
  for (const name of names) {
    const flag = SWITCHES.includes(name) ? flagOf(name) : `${flagOf(name)} <value>`;
    command.option(flag, describeSetting(name));
  }
  return command;
}

/** The settings of a call: flags, then environment, then defaults. */
export function settingsOf(
  options: Readonly<Record<string, unknown>>,
  overrides: Partial<Record<SettingName, unknown>> = {},
): Settings {
  const flags = Object.entries({ ...overrides, ...options }).map(([name, value]) => [
    name,
    value === true ? 'true' : value,
  ]);
  return resolveSettings(Object.fromEntries(flags), process.env);
}
