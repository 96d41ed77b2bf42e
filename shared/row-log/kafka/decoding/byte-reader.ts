/**
 * Reads the big-endian numbers of Kafka's protocol one after the other. Bytes that end too early and numbers beyond 2^53
 * set `isBad` and read as 0 or empty, so a caller checks once behind a loop.
 */
export class ByteReader {
  isBad = false;

  /** Reads [at, end) of the bytes. */
  constructor(
    readonly bytes: Buffer,
    public at = 0,
    readonly end = bytes.length,
  ) {}

  int16(): number {
    return this.takes(2) ? this.bytes.readInt16BE(this.at - 2) : 0;
  }

  int32(): number {
    return this.takes(4) ? this.bytes.readInt32BE(this.at - 4) : 0;
  }

  int64(): number {
    if (!this.takes(8)) return 0;
    const value = this.bytes.readInt32BE(this.at - 8) * TWO_TO_32 + this.bytes.readUInt32BE(this.at - 4);
    return this.safe(value);
  }

  /** An id as decimal text; it may exceed 2^53. */
  int64Text(): string {
    return this.takes(8) ? String(this.bytes.readBigInt64BE(this.at - 8)) : '';
  }

  /** Zig-zag variable-length number: seven bits a byte, the lowest first, the sign in the lowest bit. */
  varInt(): number {
    const first = this.at < this.end ? this.bytes[this.at]! : CONTINUES;
    if (first >= CONTINUES) return this.varLong();
    this.at++;
    return (first >>> 1) ^ -(first & 1);
  }

  varLong(): number {
    let value = 0;
    for (let unit = 1; unit < VARLONG_UNIT_END; unit *= CONTINUES) {
      if (!this.takes(1)) return 0;
      const byte = this.bytes[this.at - 1]!;
      value += (byte % CONTINUES) * unit;
      if (byte < CONTINUES) return this.safe(value % 2 === 0 ? value / 2 : -(value + 1) / 2);
    }
    this.isBad = true;
    return 0;
  }

  /** The next bytes, not copied; null for a length of −1, which stands for null. */
  view(length: number): Buffer | null {
    if (length === -1 || !this.takes(length)) return null;
    return this.bytes.subarray(this.at - length, this.at);
  }

  text(length: number): string {
    return this.takes(length) ? this.bytes.toString('utf8', this.at - length, this.at) : '';
  }

  skip(length: number): void {
    this.takes(length);
  }

  private takes(length: number): boolean {
    if (length < 0 || this.at + length > this.end) {
      this.isBad = true;
      return false;
    }
    this.at += length;
    return true;
  }

  private safe(value: number): number {
    if (Number.isSafeInteger(value)) return value;
    this.isBad = true;
    return 0;
  }
}

const TWO_TO_32 = 4_294_967_296;
const CONTINUES = 0x80;
/** Ten bytes hold 64 bits. */
const VARLONG_UNIT_END = CONTINUES ** 10;
