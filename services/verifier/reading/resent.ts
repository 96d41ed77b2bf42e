import type { RawMessage } from '../deep-source';

type Headers = RawMessage['headers'];

const PLACE = /^(0|[1-9]\d{0,9})\/(0|[1-9]\d{0,15})\/(0|[1-9]\d{0,9})$/;
const COUNT = /^[1-9]\d{0,5}$/;

/**
 * How often, and where first, a line of this message is refused that was sent again after it was refused, as
 * `2 times, first at 0/17/0`; null for a message that is no replay, or does not say so in a way that can be understood.
 */
export function resentOf(headers: Headers): string | null {
  const [row, origin, attempt] = ['rejected', 'origin', 'attempt'].map(
    (name) => headers?.[`alder-${name}`] ?? '',
  ) as [string, string, string];
  const isReplay = isPlace(row) && isPlace(origin) && COUNT.test(attempt);
  return isReplay ? textOf(String(Number(attempt) + 1), origin) : null;
}

/** The same of the copy of a rejected row; null for one that was refused for the first time. */
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
