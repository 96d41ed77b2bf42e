import type { MessageHeaders } from './row-log';

/** Where a line stands in the row log; `line` is 0-based, inside its message. */
export interface RowCoordinates {
  readonly partition: number;
  readonly offset: number;
  readonly line: number;
}

/** How the message of a rejected row that is sent again says where it comes from. */
export interface ReplayHeaders {
  /** The rejected row that it repeats. */
  readonly row: RowCoordinates;
  /** Where that row was rejected for the first time: the same place when it was never sent again before. */
  readonly origin: RowCoordinates;
  /** 1 for the first time that it is sent again. */
  readonly attempt: number;
}

/**
 * What a replay notes in the topic of rejected rows, so that the next one repeats nothing: that it begins, and where
 * each partition of the row topic ends then; that a row was sent and acknowledged at a place; that it has ended.
 */
export type ReplayMark =
  | { readonly kind: 'begun'; readonly run: string; readonly from: ReadonlyMap<number, number> }
  | {
      readonly kind: 'replayed';
      readonly row: RowCoordinates;
      readonly attempt: number;
      readonly sent: { readonly partition: number; readonly offset: number };
    }
  | { readonly kind: 'ended'; readonly run: string };

/** `partition/offset/line`. */
export function coordinatesText({ partition, offset, line }: RowCoordinates): string {
  return `${partition}/${offset}/${line}`;
}

/** Null for a text that names no line. */
export function coordinatesOf(text: string | undefined): RowCoordinates | null {
  const match = /^(0|[1-9]\d{0,9})\/(0|[1-9]\d{0,15})\/(0|[1-9]\d{0,9})$/.exec(text ?? '');
  if (match === null || !Number.isSafeInteger(Number(match[2]))) return null;
  return { partition: Number(match[1]), offset: Number(match[2]), line: Number(match[3]) };
}

export function replayHeaders({ row, origin, attempt }: ReplayHeaders): MessageHeaders {
  return {
    'alder-rejected': coordinatesText(row),
    'alder-origin': coordinatesText(origin),
    'alder-attempt': String(attempt),
  };
}

/** Null for a message that is no replay, or whose headers say nothing that can be understood: anybody may write any. */
export function replayOf(headers: MessageHeaders): ReplayHeaders | null {
  const row = coordinatesOf(headers['alder-rejected']);
  const origin = coordinatesOf(headers['alder-origin']);
  const attempt = attemptOf(headers);
  return row === null || origin === null || attempt === null ? null : { row, origin, attempt };
}

/** From 1 to 999,999; null for a header that is none. */
export function attemptOf(headers: MessageHeaders): number | null {
  const text = headers['alder-attempt'] ?? '';
  return /^[1-9]\d{0,5}$/.test(text) ? Number(text) : null;
}

/** The key and the headers of a mark, the same in every adapter; it has no value. */
export function markMessage(
  topic: string,
  mark: ReplayMark,
): { key: string; headers: Record<string, string> } {
  if (mark.kind === 'replayed') {
    const { partition, offset } = mark.sent;
    return {
      // Not the row's own key: where the topic is compacted that would delete the row.
      key: `${topic}/replayed/${coordinatesText(mark.row)}`,
      headers: {
        'alder-topic': topic,
        'alder-replayed': coordinatesText(mark.row),
        'alder-attempt': String(mark.attempt),
        'alder-sent': `${partition}/${offset}`,
      },
    };
  }
  const headers: Record<string, string> = {
    'alder-topic': topic,
    'alder-replay': mark.kind,
    'alder-run': mark.run,
  };
  if (mark.kind === 'begun') {
    headers['alder-from'] = [...mark.from].map(([partition, offset]) => `${partition}:${offset}`).join();
  }
  return { key: `${topic}/replay/${mark.run}/${mark.kind}`, headers };
}

/** The mark that a message of the rejected topic is; null for a rejected row, or something that is neither. */
export function markOf(headers: MessageHeaders): ReplayMark | null {
  const row = coordinatesOf(headers['alder-replayed']);
  if (row !== null) {
    const sent = /^(\d{1,10})\/(\d{1,16})$/.exec(headers['alder-sent'] ?? '');
    const attempt = attemptOf(headers);
    if (sent === null || attempt === null) return null;
    return {
      kind: 'replayed',
      row,
      attempt,
      sent: { partition: Number(sent[1]), offset: Number(sent[2]) },
    };
  }
  const run = headers['alder-run'];
  if (run === undefined) return null;
  if (headers['alder-replay'] === 'ended') return { kind: 'ended', run };
  const from = headers['alder-from'] ?? '';
  if (headers['alder-replay'] !== 'begun' || !/^\d{1,10}:\d{1,16}(,\d{1,10}:\d{1,16})*$/.test(from))
    return null;
  const offsets = from.split(',').map((each): [number, number] => {
    const [partition, offset] = each.split(':');
    return [Number(partition), Number(offset)];
  });
  return { kind: 'begun', run, from: new Map(offsets) };
}
