import type { Log } from '../shared/runtime/log';
import { unknownVariables } from '../shared/settings/settings';

/** A misspelt setting must not be silent. */
export function warnUnknownVariables(log: Log): void {
  for (const variable of unknownVariables(process.env)) {
    log.warn('unknown-variable', `${variable} is not a setting of Alder ("alder config" lists them)`);
  }
}
