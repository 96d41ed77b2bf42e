import type { RowSource } from '../services/producer/row-source';
import { flagOf, resolveSettings, type SettingName, type Settings } from '../shared/settings/settings';

export const DEMONSTRATION = { file: 'data/iris.csv', rowsPerSecond: 25, shuffleSeed: 1 };
const DEMONSTRATION_REQUEST = '{"data":[0.1,1.1,0.4,0.8]}';

export interface HintOptions {
  readonly url: string;
  /** Undefined for the demonstration. */
  readonly file: string | undefined;
  readonly settings: Settings;
  /** A request body that the model can answer. */
  readonly request: string;
}

/** What to do once all rows are in, as lines that can be copied and run. */
export function upHints({ url, file, settings, request }: HintOptions): string[] {
  const route = file === undefined ? '/serve_decision_tree' : `/models/serve/${settings.model}/champion`;
  const what = [file ?? DEMONSTRATION.file, ...producerFlags(settings)].map(quoted).join(' ');
  return [
    '',
    'ask for a prediction:',
    `  curl -H 'Content-Type: application/json' -d '${request}' ${url}${route}`,
    'keep it learning, in a second terminal:',
    `  npx alder produce ${what} --simulate 1 --rate 20`,
  ];
}

/** A request with the file's first row that is all numbers; without one, a form to fill in. */
export async function exampleRequest(file: string | undefined, rows: RowSource): Promise<string> {
  if (file === undefined) return DEMONSTRATION_REQUEST;
  for await (const { features } of rows.rows()) {
    if (features.every((cell) => typeof cell === 'number')) return JSON.stringify({ data: features });
  }
  return '{"data":[…]}';
}

/**
 * What a producer in another terminal has to be told to reach the same log, since it does not have this process's
 * environment. An address with a password in it is left out: it never goes to the screen.
 */
function producerFlags(settings: Settings): string[] {
  const defaults = resolveSettings({}, {});
  const backend: SettingName[] = settings.redisUrl.includes('@') ? [] : ['kafkaBrokers', 'redisUrl'];
  const names: SettingName[] = ['dataDir', ...backend, 'topic', 'schema'];
  return names
    .filter((name) => settings[name] !== defaults[name])
    .flatMap((name) => [flagOf(name), String(settings[name])]);
}

function quoted(word: string): string {
  return /^[\w@%+=:,./\\-]+$/.test(word) ? word : `'${word}'`;
}
