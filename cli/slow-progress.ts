import type { Terminal } from './terminal';

/** What is over sooner needs no progress. */
const SILENT_MS = 1_000;
const REDRAW_MS = 100;
const PLAIN_LINE_MS = 10_000;

/** Tells how far something is once it takes longer than a second; without a terminal a plain line now and then. */
export class SlowProgress {
  private readonly startedAtMs = performance.now();
  private toldAtMs = this.startedAtMs;

  constructor(private readonly terminal: Terminal) {}

  /** `done` and `total` of something that can be counted draw a bar as well. */
  tell(text: string, done?: number, total?: number): void {
    const nowMs = performance.now();
    const isInteractive = this.terminal.isInteractive;
    const sinceMs = nowMs - this.toldAtMs;
    if (nowMs - this.startedAtMs < SILENT_MS || sinceMs < (isInteractive ? REDRAW_MS : PLAIN_LINE_MS)) return;
    this.toldAtMs = nowMs;
    if (isInteractive) this.terminal.progress(`${barText(done, total)}${text}`);
    else this.terminal.line(text);
  }

  /** Makes room for the result. */
  end(): void {
    this.terminal.progress('');
  }
}

const BAR_CELLS = 24;

/** `[████████░░░░░░░░░░░░░░░░]  33 %  `, or nothing where the end is not known. */
export function barText(done = 0, total = 0): string {
  if (total <= 0) return '';
  const share = Math.min(1, done / total);
  const full = Math.floor(share * BAR_CELLS);
  const percent = String(Math.floor(100 * share)).padStart(3);
  return `[${'█'.repeat(full)}${'░'.repeat(BAR_CELLS - full)}] ${percent} %  `;
}
