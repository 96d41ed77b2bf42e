import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { refusalOf } from './client';
import type { RedisConnection } from './connection';
import type { ModelKeys } from './keys';

/** The keys of each script, in the order of its KEYS; the file is `scripts/<name>.lua`. */
export const SCRIPT_KEYS = {
  identity: ['state'],
  'load-state': ['state', 'aliases'],
  'take-lease': ['state'],
  'renew-lease': ['state', 'report'],
  'release-lease': ['state'],
  publish: ['state', 'aliases', 'records', 'trees', 'journal'],
  'move-alias': ['state', 'aliases', 'records', 'journal'],
  'ask-for-refit': ['state'],
  'answer-refit': ['state'],
} as const satisfies Record<string, readonly (keyof ModelKeys)[]>;

export type ScriptName = keyof typeof SCRIPT_KEYS;

export const SCRIPTS_FOLDER = join(__dirname, 'scripts');

interface Script {
  readonly source: string;
  /** Hex sha1 of the source, its name in Redis. */
  readonly sha1: string;
}

const scripts = new Map<ScriptName, Script>();

function scriptOf(name: ScriptName): Script {
  let script = scripts.get(name);
  if (script === undefined) {
    const source = readFileSync(join(SCRIPTS_FOLDER, `${name}.lua`), 'utf8');
    script = { source, sha1: createHash('sha1').update(source).digest('hex') };
    scripts.set(name, script);
  }
  return script;
}

/**
 * Runs one script by its digest, and by its source when the server does not know it, as after a restart. The second
 * send is safe, since NOSCRIPT means that nothing ran. Throws `registry-unavailable`.
 */
export async function runScript(
  connection: RedisConnection,
  name: ScriptName,
  keys: ModelKeys,
  args: readonly string[],
  timeoutMs?: number,
): Promise<unknown> {
  const { source, sha1 } = scriptOf(name);
  const keyNames = SCRIPT_KEYS[name].map((key) => keys[key]);
  const rest = [String(keyNames.length), ...keyNames, ...args];
  try {
    return await connection.send('evalsha', [sha1, ...rest], timeoutMs);
  } catch (error) {
    if (refusalOf(error)?.startsWith('NOSCRIPT') !== true) throw error;
    return connection.send('eval', [source, ...rest], timeoutMs);
  }
}
