import { clearLine, cursorTo } from 'node:readline';
import { jsonLog, type Log, textLog } from '../shared/runtime/log';

const COLUMNS_DEFAULT = 80;

/**
 * Lines that stay, and below them one progress line that is rewritten in place. Output that is no terminal has no
 * progress line; its callers write plain lines instead.
 */
export class Terminal {
  readonly isInteractive: boolean;
  private readonly out: NodeJS.WriteStream;
  private progressText = '';

  constructor(out: NodeJS.WriteStream = process.stdout) {
    this.out = out;
    this.isInteractive = out.isTTY === true && process.env.TERM !== 'dumb';
  }

  /** Writes a line that stays, above the progress line. */
  line(text: string): void {
    this.erase();
    this.out.write(`${text}\n`);
    this.redraw();
  }

  /** Replaces the progress line; does nothing without a terminal. */
  progress(text: string): void {
    if (!this.isInteractive) return;
    this.erase();
    this.progressText = text;
    this.redraw();
  }

  /** Leaves the progress line on the screen and begins a new line below it. */
  endProgress(): void {
    if (this.progressText !== '') this.out.write('\n');
    this.progressText = '';
  }

  private erase(): void {
    if (this.progressText === '') return;
    cursorTo(this.out, 0);
    clearLine(this.out, 0);
  }

  private redraw(): void {
    if (this.progressText === '') return;
    // A line longer than the terminal would wrap and could not be rewritten. Some terminals report no width.
    const columns = this.out.columns > 0 ? this.out.columns : COLUMNS_DEFAULT;
    this.out.write(this.progressText.slice(0, Math.max(1, columns - 1)));
  }
}

/** Where a role's log lines go: JSON to stderr, or text that does not overwrite the progress line. */
export function openLog(kind: 'text' | 'json', role: string, terminal: Terminal): Log {
  if (kind === 'json') return jsonLog(role);
  return textLog((line) =>
    terminal.isInteractive ? terminal.line(line) : process.stderr.write(`${line}\n`),
  );
}

/** A call that ends sooner shows no progress. */
const SILENT_MS = 1_000;
const REDRAW_MS = 100;
const PLAIN_LINE_MS = 10_000;

/** Shows the progress of a call that takes longer than a second; without a terminal, one plain line every 10 s. */
export class SlowProgress {
  private readonly startedAtMs = performance.now();
  private shownAtMs = this.startedAtMs;

  constructor(private readonly terminal: Terminal) {}

  /** Draws a bar before the text where `done` and `total` are known. */
  show(text: string, done?: number, total?: number): void {
    const nowMs = performance.now();
    const isInteractive = this.terminal.isInteractive;
    const sinceMs = nowMs - this.shownAtMs;
    if (nowMs - this.startedAtMs < SILENT_MS || sinceMs < (isInteractive ? REDRAW_MS : PLAIN_LINE_MS)) return;
    this.shownAtMs = nowMs;
    if (isInteractive) this.terminal.progress(`${barText(done, total)}${text}`);
    else this.terminal.line(text);
  }

  /** Erases the progress line, so that the result stands in its place. */
  end(): void {
    this.terminal.progress('');
  }
}

const BAR_CELLS = 24;

/** `[████████░░░░░░░░░░░░░░░░]  33 %  `, or nothing where the total is not known. */
export function barText(done = 0, total = 0): string {
  if (total <= 0) return '';
  const share = Math.min(1, done / total);
  const full = Math.floor(share * BAR_CELLS);
  const percent = String(Math.floor(100 * share)).padStart(3);
  return `[${'█'.repeat(full)}${'░'.repeat(BAR_CELLS - full)}] ${percent} %  `;
}
