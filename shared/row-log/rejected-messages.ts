import type { MessageHeaders, RejectedRow, ReplayProgress, RowCoordinates } from './row-log';

/** The topic that rejected rows of a topic go to. */
export function rejectedTopic(topic: string): string {
  return `${topic}.rejected`;
}

/** The key and the headers of a rejected row's message, the same in every adapter. */
export function rejectedMessage(
  topic: string,
  row: RejectedRow,
): { key: string; headers: Record<string, string> } {
  const headers: Record<string, string> = {
    'alder-topic': topic,
    'alder-partition': String(row.partition),
    'alder-offset': String(row.offset),
    'alder-line': String(row.line),
    'alder-reason': row.reason,
    'alder-attempt': String(row.attempt),
  };
  if (row.origin !== undefined) headers['alder-origin'] = coordinatesText(row.origin);
  if (row.schemaDigest !== undefined) headers['alder-schema'] = row.schemaDigest;
  if (row.wholeSha256 !== undefined) headers['alder-sha256'] = row.wholeSha256;
  if (row.wholeBytes !== undefined) headers['alder-bytes'] = String(row.wholeBytes);
  return { key: `${topic}/${coordinatesText(row)}`, headers };
}

/** The headers of a replayed row: they name the rejected row that it repeats. */
interface ReplayHeaders {
  readonly row: RowCoordinates;
  /** Where that row was rejected for the first time; equals `row` in the first replay. */
  readonly origin: RowCoordinates;
  /** 1 for the first replay of a row. */
  readonly attempt: number;
}

/** `partition/offset/line`. */
export function coordinatesText({ partition, offset, line }: RowCoordinates): string {
  return `${partition}/${offset}/${line}`;
}

/** Null for a text that names no row. */
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

/** Null for a message that is no replay, or whose headers are malformed: any producer may write headers. */
export function replayOf(headers: MessageHeaders): ReplayHeaders | null {
  const row = coordinatesOf(headers['alder-rejected']);
  const origin = coordinatesOf(headers['alder-origin']);
  const attempt = attemptOf(headers);
  return row === null || origin === null || attempt === null ? null : { row, origin, attempt };
}

/** From 1 to 999,999; null for a missing or malformed header. */
export function attemptOf(headers: MessageHeaders): number | null {
  const text = headers['alder-attempt'] ?? '';
  return /^[1-9]\d{0,5}$/.test(text) ? Number(text) : null;
}

/** The key and the headers of a message of progress, the same in every adapter; it has no value. */
export function progressMessage(
  topic: string,
  progress: ReplayProgress,
): { key: string; headers: Record<string, string> } {
  if (progress.kind === 'replayed') {
    const { partition, offset } = progress.sent;
    return {
      // The row's own key would delete the row where the topic is compacted.
      key: `${topic}/replayed/${coordinatesText(progress.row)}`,
      headers: {
        'alder-topic': topic,
        'alder-replayed': coordinatesText(progress.row),
        'alder-attempt': String(progress.attempt),
        'alder-sent': `${partition}/${offset}`,
      },
    };
  }
  const headers: Record<string, string> = {
    'alder-topic': topic,
    'alder-replay': progress.kind,
    'alder-run': progress.run,
  };
  if (progress.kind === 'begun') {
    headers['alder-from'] = [...progress.from].map(([partition, offset]) => `${partition}:${offset}`).join();
  }
  return { key: `${topic}/replay/${progress.run}/${progress.kind}`, headers };
}

/** The progress in a message of the topic of rejected rows; null for any other message. */
export function progressOf(headers: MessageHeaders): ReplayProgress | null {
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
