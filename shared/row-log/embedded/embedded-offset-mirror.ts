import type { Environment } from '../../lmdb/environment';
import type { OffsetMirror } from '../offset-mirror';

const FAULT = 'log-unavailable';

/** Stores the position beside the embedded log's entries, under the topic and the reader's name. */
export function embeddedOffsetMirror(environment: Environment, topic: string, reader: string): OffsetMirror {
  const topics = environment.textStore('topics');
  const key = ['mirror', topic, reader];
  return {
    async mirror(nextOffsets, metadata) {
      const text = JSON.stringify({ nextOffsets: [...nextOffsets], metadata });
      await environment.write(FAULT, () => topics.putSync(key, text));
    },

    async read() {
      const text = environment.read(FAULT, () => topics.get(key));
      return text === undefined ? null : (JSON.parse(text) as { metadata: string }).metadata;
    },
  };
}
