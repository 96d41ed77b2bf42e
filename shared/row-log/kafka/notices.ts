import type { LogCode } from '../../runtime/log-codes';

/** Tells the log about trouble with Kafka and its end. */
export type Notice = (code: LogCode, message: string) => void;

const REPEAT_MS_MIN = 10_000;
const REMEMBERED_MAX = 64;

/** Drops a notice that was given within the last 10 s: a client that reconnects ten times a second would flood the log. */
export function quietened(notice: Notice, nowMs: () => number = () => performance.now()): Notice {
  const givenAtMs = new Map<string, number>();
  return (code, message) => {
    const last = givenAtMs.get(message);
    if (last !== undefined && nowMs() - last < REPEAT_MS_MIN) return;
    if (givenAtMs.size >= REMEMBERED_MAX) givenAtMs.clear();
    givenAtMs.set(message, nowMs());
    notice(code, message);
  };
}

/** One stretch of trouble: a notice when it begins, a notice when it is over, nothing in between. */
export class Trouble {
  private beganAtMs: number | null = null;

  constructor(
    private readonly what: string,
    private readonly notice: Notice,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  met(error: unknown): void {
    if (this.beganAtMs !== null) return;
    this.beganAtMs = this.nowMs();
    const reason = error instanceof Error ? error.message : String(error);
    this.notice('kafka-trouble', `${this.what}: ${reason}; trying again until it answers`);
  }

  over(): void {
    if (this.beganAtMs === null) return;
    const lastedMs = Math.round(this.nowMs() - this.beganAtMs);
    this.beganAtMs = null;
    this.notice('kafka-recovered', `${this.what}: answers again after ${lastedMs} ms`);
  }
}
