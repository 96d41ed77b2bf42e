export const CHAMPION_PATH = '/serve_decision_tree';
export const GOOD_BODY = '{"data":[1,1,1,1]}';

/** A request's header, byte for byte; nothing is added but `Host`. */
export function head(method: string, target: string, fields: readonly string[] = []): string {
  return `${[`${method} ${target} HTTP/1.1`, 'Host: a', ...fields].join('\r\n')}\r\n\r\n`;
}

/** The type '' leaves the field out. */
export function post(path: string, body: string | Uint8Array, type = 'application/json'): Uint8Array {
  const bytes = Buffer.from(body);
  const fields = [...(type === '' ? [] : [`Content-Type: ${type}`]), `Content-Length: ${bytes.byteLength}`];
  return Buffer.concat([Buffer.from(head('POST', path, fields)), bytes]);
}

/** The header of a POST with a JSON body that is sent, or not sent, by other means. */
export function jsonHead(fields: readonly string[], path = CHAMPION_PATH): string {
  return head('POST', path, ['Content-Type: application/json', ...fields]);
}

export function chunked(...chunks: readonly string[]): string {
  return [...chunks, ''].map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('');
}

export const GOOD_REQUEST = post(CHAMPION_PATH, GOOD_BODY);
