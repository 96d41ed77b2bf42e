/** What a request gets, before anything is written: plain values, so any carrier can send them. */
export interface Answer<Body extends string | Uint8Array = string> {
  readonly status: number;
  /** Lower-case names; `content-length` is left to the carrier. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body;
}

export const JSON_TYPE = 'application/json';

export function jsonAnswer(
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { status, headers: { 'content-type': JSON_TYPE, ...headers }, body: JSON.stringify(body) };
}
