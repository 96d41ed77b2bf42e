import { clearLine, cursorTo } from 'node:readline';
import { jsonLog, type Log, textLog } from '../shared/runtime/log';

const COLUMNS_UNTOLD = 80;

/**
 * What a person sees: lines that stay, and one progress line that rewrites itself below them. Without a terminal
 * there is no progress line, and whoever reports progress writes plain lines instead.
 */
export class Terminal {
  readonly isInteractive: boolean;
  private readonly out: NodeJS.WriteStream;
  private progressText = '';

  constructor(out: NodeJS.WriteStream = process.stdout) {
    this.out = out;
    this.isInteractive = out.isTTY === true && process.env.TERM !== 'dumb';
  }

  /** A line that stays, above the progress line. */
  line(text: string): void {
    this.erase();
    this.out.write(`${text}\n`);
    this.redraw();
  }

  /** Replaces the progress line; nothing without a terminal. */
  progress(text: string): void {
    if (!this.isInteractive) return;
    this.erase();
    this.progressText = text;
    this.redraw();
  }

  /** Leaves the progress line where it is and goes on below it. */
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
    // A line longer than the terminal would wrap and could not be rewritten. Some terminals do not tell their width.
    const columns = this.out.columns > 0 ? this.out.columns : COLUMNS_UNTOLD;
    this.out.write(this.progressText.slice(0, Math.max(1, columns - 1)));
  }
}

/** Where a role's log lines go: JSON to stderr, or text that makes room for the progress line. */
export function openLog(kind: 'text' | 'json', role: string, terminal: Terminal): Log {
  if (kind === 'json') return jsonLog(role);
  return textLog((line) =>
    terminal.isInteractive ? terminal.line(line) : process.stderr.write(`${line}\n`),
  );
}
