import type { FetchedRecord } from '../../shared/row-log/kafka/decoding/record-batches';

export interface RecordPlan {
  readonly offset: number;
  readonly value?: string;
  readonly producerId?: string;
  readonly inTransaction?: boolean;
  /** Makes it a control record. */
  readonly marker?: 'commit' | 'abort';
  readonly key?: Buffer | null;
  readonly headers?: FetchedRecord['headers'];
  readonly batch?: { readonly firstOffset: number; readonly lastOffsetDelta: number };
}

/** A record of a fetch. */
export function fetchedRecord(plan: RecordPlan): FetchedRecord {
  const {
    offset,
    value = `row ${offset}`,
    producerId = '-1',
    inTransaction = false,
    marker,
    headers = {},
  } = plan;
  const { firstOffset, lastOffsetDelta } = plan.batch ?? { firstOffset: offset, lastOffsetDelta: 0 };
  return {
    offset: String(offset),
    timestamp: String(1_700_000_000_000 + offset),
    key: marker === undefined ? (plan.key ?? null) : markerKey(marker),
    value: Buffer.from(value),
    headers,
    isControlRecord: marker !== undefined,
    batchContext: { firstOffset: String(firstOffset), lastOffsetDelta, producerId, inTransaction },
  };
}

/** Version 0, then 0 for an abort and 1 for a commit, two bytes each. */
function markerKey(marker: 'commit' | 'abort'): Buffer {
  return Buffer.from([0, 0, 0, marker === 'commit' ? 1 : 0]);
}
