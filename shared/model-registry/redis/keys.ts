/** Every Redis key of one model, and the channel for its changes. */
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
  /** The trainer's last report, as text. */
  readonly report: string;
  /** Pub/sub channel: every message is a change; `champion <version>` also names the version to fetch first. */
  readonly changes: string;
}

/**
 * The model's name stands in braces, Redis' hash tag: on a cluster all keys of a model then live on one node, so one
 * script may use them together.
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
