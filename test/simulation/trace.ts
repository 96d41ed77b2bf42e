import { createHash } from 'node:crypto';

const TAIL_LINES = 60;

/** The history of one run: a digest to compare runs, a tail to read, and counts that prove the faults. */
export class Trace {
  readonly counts = new Map<string, number>();
  private readonly hash = createHash('sha256');
  private readonly lines: string[] = [];

  constructor(private readonly tailLines = TAIL_LINES) {}

  /** Adds an event; `detail` distinguishes events of the same kind. */
  add(atMs: number, who: string, what: string, detail = ''): void {
    const line = `${atMs} ${who} ${what}${detail === '' ? '' : ` ${detail}`}\n`;
    this.hash.update(line);
    this.lines.push(line);
    if (this.lines.length > 2 * this.tailLines) this.lines.splice(0, this.tailLines);
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  /** Hex sha256 of every event so far; ends the trace. */
  digest(): string {
    return this.hash.digest('hex');
  }

  tail(): string {
    return this.lines.slice(-this.tailLines).join('');
  }
}
