import { type ChainableCommander, Redis } from 'ioredis';
import { AlderError } from '../../../shared/errors';
import type { RawRegistry, RegistryView, VersionTexts } from '../deep-source';

const ANSWER_MS_MAX = 30_000;

/** The registry on Redis, read with read-only commands. */
export async function redisRegistry(
  url: string,
  model: string,
): Promise<{ registry: RawRegistry; close(): Promise<void> }> {
  let client: Redis;
  try {
    client = new Redis(url, { lazyConnect: true, commandTimeout: ANSWER_MS_MAX, maxRetriesPerRequest: 3 });
  } catch {
    // The library's message may hold the address, and the address may hold a password.
    throw new AlderError('setting-invalid', 'redisUrl: is not an address of Redis');
  }
  let connectionError: unknown;
  // Without a listener ioredis writes every failed connection to the console.
  client.on('error', (error) => {
    connectionError = error;
  });
  const asked = async <T>(action: string, reply: Promise<T>): Promise<T> => {
    try {
      return await reply;
    } catch (error) {
      const cause = connectionError ?? error;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new AlderError('registry-unavailable', `redis: ${action}: ${reason}`, { cause });
    }
  };
  const key = (part: string) => `alder:{${model}}:${part}`;
  const together = async (action: string, reading: ChainableCommander): Promise<unknown[]> => {
    const replies = (await asked(action, reading.exec())) ?? [];
    return await asked(action, Promise.all(replies.map(replyOf)));
  };
  return {
    registry: {
      async view(): Promise<RegistryView> {
        const reading = client
          .multi()
          .hgetall(key('state'))
          .hgetall(key('aliases'))
          .hkeys(key('records'))
          .hkeys(key('trees'))
          .lrange(key('journal'), 0, -1);
        const values = await together('reading the registry', reading);
        const [state, aliases, records, trees, journal] = values as [
          Record<string, string>,
          Record<string, string>,
          string[],
          string[],
          string[],
        ];
        return {
          newest: newestOf(state),
          aliases: new Map(Object.entries(aliases).map(([name, value]) => [name, aliasOf(value)])),
          previousChampion: state.previousChampion === undefined ? null : Number(state.previousChampion),
          epoch: Number(state['lease.epoch'] ?? 0),
          records: ascending(records),
          trees: ascending(trees),
          journal,
        };
      },
      async texts(version): Promise<VersionTexts> {
        const reading = client
          .multi()
          .hget(key('records'), String(version))
          .hget(key('trees'), String(version));
        const [record, tree] = await together(`reading version ${version}`, reading);
        return { record: record as string | null, tree: tree as string | null };
      },
    },
    close: async () => client.disconnect(),
  };
}

async function replyOf([error, value]: [Error | null, unknown]): Promise<unknown> {
  if (error !== null) throw error;
  return value;
}

function newestOf(state: Record<string, string>): RegistryView['newest'] {
  const version = state['newest.version'];
  if (version === undefined) return null;
  return { version: Number(version), recordDigest: state['newest.recordDigest'] ?? '' };
}

/** `<version> <revision> <held>`. */
function aliasOf(value: string): { version: number; revision: number } {
  const [version, revision] = value.split(' ');
  return { version: Number(version), revision: Number(revision) };
}

function ascending(numbers: readonly string[]): number[] {
  return numbers.map(Number).sort((a, b) => a - b);
}
