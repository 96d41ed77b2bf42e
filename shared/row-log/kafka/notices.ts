import type { Clock } from '../../runtime/clock';
import type { LogCode } from '../../runtime/log-codes';
import { OutageNotice } from '../../runtime/outage-notice';

/** Writes a line about Kafka to the log. */
export type Notice = (code: LogCode, message: string) => void;

/** Reports that `doing` fails and is retried, once an outage, and that it works again. */
export function kafkaOutage(
  doing: string,
  notice: Notice,
  clock?: Pick<Clock, 'monotonicMs' | 'sleep'>,
): OutageNotice {
  return new OutageNotice({
    ...(clock === undefined ? {} : { clock }),
    onOutage: (error) => {
      const reason = error instanceof Error ? error.message : String(error);
      notice('kafka-trouble', `${doing}: ${reason}; trying again until it answers`);
    },
    onRecovery: (lastedMs) => notice('kafka-recovered', `${doing}: answers again after ${lastedMs} ms`),
  });
}

const REPEAT_MS_MIN = 10_000;
const REMEMBERED_MAX = 64;

/** Passes each message at most once in 10 s. A client that reconnects ten times a second would flood the log. */
export function rateLimited(notice: Notice, nowMs: () => number = () => performance.now()): Notice {
  const givenAtMs = new Map<string, number>();
  return (code, message) => {
    const last = givenAtMs.get(message);
    if (last !== undefined && nowMs() - last < REPEAT_MS_MIN) return;
    if (givenAtMs.size >= REMEMBERED_MAX) givenAtMs.clear();
    givenAtMs.set(message, nowMs());
    notice(code, message);
  };
}
