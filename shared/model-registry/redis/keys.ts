/** Every Redis key of one model, and the channel that tells of its changes. */
export interface ModelKeys {
  /** Hash: registryId, lease.*, newest.*, previousChampion, requested, answered.*; see `scripts/`. */
  readonly state: string;
  /** Hash of alias → `<version> <revision> <held 0|1>`. */
  readonly aliases: string;
  /** Hash of version → the record's text. */
  readonly records: string;
  /** Hash of version → the tree's text. */
  readonly trees: string;
  /** List of journal entries as JSON, newest at the right end. */
  readonly journal: string;
  /** What the trainer last said of itself, as text. */
  readonly report: string;
  /** Pub/sub channel: a message says that something changed; `champion <version>` is a hint at what to fetch first. */
  readonly changes: string;
}

/**
 * The model's name stands in braces, Redis' hash tag: on a cluster all keys of a model then live on one node, where
 * a script may touch them together.
 */
export function keysOf(model: string): ModelKeys {
  const key = (part: string) => `alder:{${model}}:${part}`;
  return {
    state: key('state'),
    aliases: key('aliases'),
    records: key('records'),
    trees: key('trees'),
    journal: key('journal'),
    report: key('report'),
    changes: key('changes'),
  };
}
