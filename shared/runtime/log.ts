import type { ErrorCode } from '../errors';
import type { LogCode } from './log-codes';

/** Facts of a log line: names and numbers, never values of rows and never secrets. */
type LogFields = Readonly<Record<string, unknown>>;

/**
 * Log lines: a code that never changes, a sentence, and fields.
 * Text lines are for a terminal, JSON lines (pino) for collectors; both go to stderr, so stdout stays for results.
 */
export interface Log {
  info(code: LogCode | ErrorCode, message: string, fields?: LogFields): void;
  warn(code: LogCode | ErrorCode, message: string, fields?: LogFields): void;
  error(code: LogCode | ErrorCode, message: string, fields?: LogFields): void;
}

/** JSON lines to stderr. pino is loaded here, since most starts write plain lines and need no pino. */
export function jsonLog(role: string): Log {
  const { pino } = require('pino') as typeof import('pino');
  const lines = pino(
    { base: { role }, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ fd: 2, sync: true }),
  );
  return {
    info: (code, message, fields) => lines.info({ code, ...fields }, message),
    warn: (code, message, fields) => lines.warn({ code, ...fields }, message),
    error: (code, message, fields) => lines.error({ code, ...fields }, message),
  };
}

/** Plain lines. `write` gets each line without its newline, since it may have to redraw a progress line below. */
export function textLog(write: (line: string) => void): Log {
  const line = (level: string) => (code: LogCode | ErrorCode, message: string, fields?: LogFields) => {
    const hasFields = fields !== undefined && Object.keys(fields).length > 0;
    const details = hasFields ? ` ${JSON.stringify(fields)}` : '';
    write(`${level}${message} (${code})${details}`);
  };
  return { info: line(''), warn: line('warning: '), error: line('error: ') };
}

export const silentLog: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
