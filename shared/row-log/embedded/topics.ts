import { randomUUID } from 'node:crypto';
import type { Environment } from '../../lmdb/environment';
import { rejectedTopic } from '../row-log';
import { EmbeddedTopic } from './topic';

const REJECTED_SUFFIX = rejectedTopic('');

/** True for a topic that takes rejected rows; its own rows are not rejected any further. */
export function isRejectedTopic(topic: string): boolean {
  return topic.endsWith(REJECTED_SUFFIX);
}

/**
 * Opens a topic, and makes it when it is not there: `partitions` counts only then, and a topic of rejected rows has
 * one. Throws `log-unavailable`.
 */
export async function openEmbeddedTopic(
  environment: Environment,
  name: string,
  partitions: number,
): Promise<EmbeddedTopic> {
  const topics = environment.textStore('topics');
  const messages = environment.bytesStore('messages');
  const ends = environment.textStore('ends');
  const made = String(isRejectedTopic(name) ? 1 : partitions);
  const partitionCount = await storedOrMade(
    environment,
    () => topics.get(['partitions', name]),
    made,
    (text) => topics.putSync(['partitions', name], text),
  );
  return new EmbeddedTopic(environment, messages, ends, name, Number(partitionCount));
}

/** The log's own id: random, made when the first topic is opened, the same for all topics of a data folder. */
export function openEmbeddedLogId(environment: Environment): Promise<string> {
  const topics = environment.textStore('topics');
  return storedOrMade(
    environment,
    () => topics.get(['id']),
    randomUUID(),
    (text) => topics.putSync(['id'], text),
  );
}

function storedOrMade(
  environment: Environment,
  get: () => string | undefined,
  made: string,
  put: (text: string) => void,
): Promise<string> {
  return environment.write('log-unavailable', () => {
    const stored = get();
    if (stored !== undefined) return stored;
    put(made);
    return made;
  });
}
