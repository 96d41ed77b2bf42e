import { createHash } from 'node:crypto';
import { ROW_FAULTS, type RowFault } from '../../../shared/errors';
import type { RawMessage } from '../deep-source';

/** What a copy in the rejected topic must agree with, beside its coordinates. */
export interface RejectedContent {
  readonly reason: RowFault;
  /**
   * 64 bits over the bytes that a copy holds, with length and sha256 of the whole where it is cut, and with what it says
   * of earlier refusals.
   */
  readonly fingerprint: readonly [number, number];
}

/** How much of a value that is too large to keep stands in its copy. */
const CUT_BYTES = 65_536;
const CAPACITY_AT_FIRST = 64;

/**
 * What the copy of a rejected line holds; a value that was too large is cut, and its whole is told by two headers.
 * `resent` says how often and where first the line was refused, null the first time.
 */
export function contentOf(
  reason: RowFault,
  bytes: Uint8Array | null,
  resent: string | null = null,
): RejectedContent {
  if (reason !== 'too-large' || bytes === null)
    return { reason, fingerprint: fingerprintOf(bytes, null, resent) };
  const whole = { sha256: createHash('sha256').update(bytes).digest('hex'), bytes: String(bytes.length) };
  return { reason, fingerprint: fingerprintOf(bytes.subarray(0, CUT_BYTES), whole, resent) };
}

export function fingerprintOf(
  bytes: Uint8Array | null,
  whole: { readonly sha256: string; readonly bytes: string } | null,
  resent: string | null = null,
): readonly [number, number] {
  const hash = createHash('sha256');
  hash.update(resent === null ? '' : `${resent} `);
  hash.update(bytes === null ? 'null ' : 'bytes ');
  hash.update(whole === null ? '' : `${whole.sha256} of ${whole.bytes} `);
  if (bytes !== null) hash.update(bytes);
  const digest = hash.digest();
  return [digest.readUInt32LE(0), digest.readUInt32LE(4)];
}

/**
 * Every rejected line of one partition that the log holds, in (offset, line) order, as parallel arrays: 22 bytes each,
 * so that a million of them fit into memory beside the rejected topic's stream.
 */
export class RejectedTable {
  count = 0;
  private offsets = new Float64Array(CAPACITY_AT_FIRST);
  private lines = new Uint32Array(CAPACITY_AT_FIRST);
  private prints = new Uint32Array(CAPACITY_AT_FIRST * 2);
  private reasons = new Uint8Array(CAPACITY_AT_FIRST);
  private found = new Uint8Array(CAPACITY_AT_FIRST);

  /** Rows come in (offset, line) order. */
  add(offset: number, line: number, { reason, fingerprint }: RejectedContent): void {
    if (this.count === this.offsets.length) this.grow();
    const i = this.count++;
    this.offsets[i] = offset;
    this.lines[i] = line;
    this.prints.set(fingerprint, i * 2);
    this.reasons[i] = ROW_FAULTS.indexOf(reason);
  }

  /** Index of the row with these coordinates, −1 without one. */
  find(offset: number, line: number): number {
    let from = 0;
    let to = this.count;
    while (from < to) {
      const middle = (from + to) >>> 1;
      const isBelow =
        this.offsets[middle]! < offset || (this.offsets[middle] === offset && this.lines[middle]! < line);
      if (isBelow) from = middle + 1;
      else to = middle;
    }
    return this.offsets[from] === offset && this.lines[from] === line && from < this.count ? from : -1;
  }

  reasonOf(i: number): RowFault {
    return ROW_FAULTS[this.reasons[i]!]!;
  }

  hasFingerprint(i: number, [low, high]: readonly [number, number]): boolean {
    return this.prints[i * 2] === low && this.prints[i * 2 + 1] === high;
  }

  markFound(i: number): void {
    this.found[i] = 1;
  }

  /** Coordinates of the rows in [from, next) that no copy was found of. */
  *missing(from: number, next: number): Generator<{ readonly offset: number; readonly line: number }> {
    for (let i = 0; i < this.count; i++) {
      const offset = this.offsets[i]!;
      if (this.found[i] === 0 && offset >= from && offset < next) yield { offset, line: this.lines[i]! };
    }
  }

  private grow(): void {
    const size = this.offsets.length * 2;
    this.offsets = grown(this.offsets, new Float64Array(size));
    this.lines = grown(this.lines, new Uint32Array(size));
    this.prints = grown(this.prints, new Uint32Array(size * 2));
    this.reasons = grown(this.reasons, new Uint8Array(size));
    this.found = grown(this.found, new Uint8Array(size));
  }
}

function grown<T extends Float64Array | Uint32Array | Uint8Array>(from: T, into: T): T {
  into.set(from);
  return into;
}

type Headers = RawMessage['headers'];

const PLACE = /^(0|[1-9]\d{0,9})\/(0|[1-9]\d{0,15})\/(0|[1-9]\d{0,9})$/;
const COUNT = /^[1-9]\d{0,5}$/;

/**
 * How often, and where first, a line of this message is refused that was sent again after it was refused, as
 * `2 times, first at 0/17/0`; null for a message that is no replay, or does not say so in a way that can be understood.
 */
export function resentOf(headers: Headers): string | null {
  const [row, origin, attempt] = ['rejected', 'origin', 'attempt'].map(
    (name) => headers?.[`alder-${name}`] ?? '',
  ) as [string, string, string];
  const isReplay = isPlace(row) && isPlace(origin) && COUNT.test(attempt);
  return isReplay ? textOf(String(Number(attempt) + 1), origin) : null;
}

/** The same of the copy of a rejected row; null for one that was refused for the first time. */
export function resentOfCopy(headers: Headers): string | null {
  const { 'alder-attempt': attempt = '', 'alder-origin': origin } = headers ?? {};
  return attempt === '1' && origin === undefined ? null : textOf(attempt, origin ?? '');
}

function isPlace(text: string): boolean {
  return PLACE.test(text) && Number.isSafeInteger(Number(text.split('/')[1]));
}

function textOf(attempt: string, origin: string): string {
  return `${attempt} times, first at ${origin}`;
}
