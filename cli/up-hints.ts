import type { RowSource } from '../services/producer/row-source';
import { flagOf, resolveSettings, type SettingName, type Settings } from '../shared/settings/settings';

export const DEMONSTRATION = { file: 'data/iris.csv', rowsPerSecond: 25, shuffleSeed: 1 };
const DEMONSTRATION_REQUEST = '{"data":[0.1,1.1,0.4,0.8]}';

interface HintOptions {
  readonly url: string;
  /** Undefined for the demonstration. */
  readonly file: string | undefined;
  readonly settings: Settings;
  /** The body of a prediction request for this model. */
  readonly request: string;
}

/** The next steps after all rows are learned, as lines that can be copied and run. */
export function upHints({ url, file, settings, request }: HintOptions): string[] {
  const route = file === undefined ? '/serve_decision_tree' : `/models/serve/${settings.model}/champion`;
  const source = [file ?? DEMONSTRATION.file, ...producerFlags(settings)].map(quoted).join(' ');
  return [
    '',
    'ask for a prediction:',
    `  curl -H 'Content-Type: application/json' -d '${request}' ${url}${route}`,
    'keep it learning, in a second terminal:',
    `  npx alder produce ${source} --simulate 1 --rate 20`,
  ];
}

/** A request with the first row of the file that holds only numbers; without such a row, a form to fill in. */
export async function exampleRequest(file: string | undefined, rows: RowSource): Promise<string> {
  if (file === undefined) return DEMONSTRATION_REQUEST;
  for await (const { features } of rows.rows()) {
    if (features.every((cell) => typeof cell === 'number')) return JSON.stringify({ data: features });
  }
  return '{"data":[…]}';
}

/**
 * The flags with which a producer in another terminal reaches the same log, since that terminal may lack the environment
 * of this process. An address that holds a password is left out: a password never goes to the screen.
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
