import { createHash } from 'node:crypto';
import { ROW_FAULTS, type RowFault } from '../../../shared/errors';
import type { RawMessage } from '../deep-source';

/** The facts that a copy in the dead-letter topic must repeat, beside its coordinates. */
interface RejectedContent {
  readonly reason: RowFault;
  /**
   * 64 bits of a hash over the bytes of the copy, over length and sha256 of the whole value where the copy is cut, and
   * over the earlier rejections.
   */
  readonly fingerprint: readonly [number, number];
}

/** The bytes that a copy holds of a value that is too large. */
const CUT_BYTES = 65_536;
const CAPACITY_INITIAL = 64;

/**
 * The expected copy of a rejected line. The copy of a value that is too large is cut, and two headers describe the whole.
 * `resent` tells number and place of earlier rejections, as `resentOf` writes them; null for a first rejection.
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
 * Every rejected line of one partition, in (offset, line) order, in parallel arrays of 22 bytes a line, so that a million
 * lines fit into memory.
 */
export class RejectedTable {
  count = 0;
  private offsets = new Float64Array(CAPACITY_INITIAL);
  private lines = new Uint32Array(CAPACITY_INITIAL);
  private prints = new Uint32Array(CAPACITY_INITIAL * 2);
  private reasons = new Uint8Array(CAPACITY_INITIAL);
  private found = new Uint8Array(CAPACITY_INITIAL);

  /** Rows come in (offset, line) order. */
  add(offset: number, line: number, { reason, fingerprint }: RejectedContent): void {
    if (this.count === this.offsets.length) this.grow();
    const i = this.count++;
    this.offsets[i] = offset;
    this.lines[i] = line;
    this.prints.set(fingerprint, i * 2);
    this.reasons[i] = ROW_FAULTS.indexOf(reason);
  }

  /** The index of the row with these coordinates, −1 without such a row. */
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

  /** The coordinates of the rows in [from, next) without a copy. */
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
 * Number and first place of the rejections of a line in a replayed message, if this message is rejected again, as
 * `2 times, first at 0/17/0`; null for a message without valid headers of a replay.
 */
export function resentOf(headers: Headers): string | null {
  const [row, origin, attempt] = ['rejected', 'origin', 'attempt'].map(
    (name) => headers?.[`alder-${name}`] ?? '',
  ) as [string, string, string];
  const isReplay = isPlace(row) && isPlace(origin) && COUNT.test(attempt);
  return isReplay ? textOf(String(Number(attempt) + 1), origin) : null;
}

/** The same text for the copy of a rejected row; null for a first rejection. */
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
