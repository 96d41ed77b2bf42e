import type { VersionRecord } from '../../../shared/model-registry/version-record';

/** What may stand in a header; the record's own text comes from outside. */
const TIME_TEXT = /^[0-9TZ:.+-]{1,40}$/;
/** Further partitions are left out of the header: it has to stay small, and the record has them all. */
const PARTITIONS_MAX = 64;
const STALENESS = 'alder-staleness-seconds';

export type AnswerHeaders = Readonly<Record<string, string>>;

/** What every prediction of a version says of it. One object a version, since the bytes of its head are kept by it. */
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
  private of: AnswerHeaders = {};
  private seconds = 0;
  private headers: AnswerHeaders = {};

  at(headers: AnswerHeaders, stalenessMs: number): AnswerHeaders {
    if (stalenessMs < 1_000) return headers;
    const seconds = Math.floor(stalenessMs / 1_000);
    if (this.of !== headers || this.seconds !== seconds) {
      this.of = headers;
      this.seconds = seconds;
      this.headers = { ...headers, [STALENESS]: String(seconds) };
    }
    return this.headers;
  }
}
