import { Command } from 'commander';
import {
  allowedFor,
  describeSetting,
  flagOf,
  SETTING_NAMES,
  shownSetting,
  variableOf,
} from '../../shared/settings/settings';
import { settingsOf, withSettings } from '../options';

/** `alder config`: every setting with its value, its meaning and its spellings. */
export function configCommand(): Command {
  const command = new Command('config')
    .description('show every setting with its value, its meaning and its spellings')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  ALDER_WINDOW_ROWS=5000 alder config');
  return withSettings(command, SETTING_NAMES).action(({ json, ...flags }: Record<string, unknown>) => {
    const settings = settingsOf(flags);
    if (json === true) {
      const shown = Object.fromEntries(SETTING_NAMES.map((name) => [name, shownSetting(settings, name)]));
      process.stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
      return;
    }
    for (const name of SETTING_NAMES) {
      const spellings = `${flagOf(name)} · ${variableOf(name)}`;
      process.stdout.write(
        `${name} = ${JSON.stringify(shownSetting(settings, name))}\n    ${describeSetting(name)}\n    ${allowedFor(name)}\n    ${spellings}\n`,
      );
    }
  });
}
