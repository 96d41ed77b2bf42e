import type { VersionRecord } from '../../../shared/model-registry/version-record';

/** Times that may stand in a header; the text of the record comes from outside. */
const TIME_TEXT = /^[0-9TZ:.+-]{1,40}$/;
/** The header has to stay small, so it leaves out further partitions; the record has all of them. */
const PARTITIONS_MAX = 64;
const STALENESS = 'alder-staleness-seconds';

export type AnswerHeaders = Readonly<Record<string, string>>;

/** The headers of every prediction of a version. One object per version, because the cache of heads is keyed by it. */
export function versionHeaders({ model, version, tree, newestRowAt, lineage }: VersionRecord): AnswerHeaders {
  const offsets = lineage.slice(0, PARTITIONS_MAX).map(({ partition, next }) => `${partition}:${next}`);
  return {
    'content-type': 'application/json',
    'alder-model': model,
    'alder-version': String(version),
    'alder-digest': tree.digest,
    ...(newestRowAt !== null && TIME_TEXT.test(newestRowAt) ? { 'alder-newest-row': newestRowAt } : {}),
    'alder-next-offsets': offsets.join(','),
    [STALENESS]: '0',
  };
}

/** The headers of a version, with the whole seconds since the registry was last seen. */
export class CurrentHeaders {
  private base: AnswerHeaders = {};
  private seconds = 0;
  private headers: AnswerHeaders = {};

  at(headers: AnswerHeaders, stalenessMs: number): AnswerHeaders {
    if (stalenessMs < 1_000) return headers;
    const seconds = Math.floor(stalenessMs / 1_000);
    if (this.base !== headers || this.seconds !== seconds) {
      this.base = headers;
      this.seconds = seconds;
      this.headers = { ...headers, [STALENESS]: String(seconds) };
    }
    return this.headers;
  }
}
