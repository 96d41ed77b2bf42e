/**
 * Log lines: a code that never changes, a sentence, and fields. Values of rows and secrets never reach one.
 * Text lines are for a terminal, JSON lines (pino) for collectors; both go to stderr, so stdout stays for results.
 */
export interface Log {
  info(code: string, message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(code: string, message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(code: string, message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** pino is loaded here, as most starts are from a terminal and write plain lines. */
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

/** Plain lines through `write`, which gets each without its newline (a progress line may have to make room). */
export function textLog(write: (line: string) => void): Log {
  const line =
    (level: string) => (code: string, message: string, fields?: Readonly<Record<string, unknown>>) => {
      const details = fields === undefined ? '' : ` ${JSON.stringify(fields)}`;
      write(`${level}${message} (${code})${details}`);
    };
  return { info: line(''), warn: line('warning: '), error: line('error: ') };
}

export const silentLog: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
