/** What a stream of events begins with: how long a client that lost it waits before it comes back. */
export const STREAM_BEGIN = 'retry: 1000\n\n';

/** One server-sent event. `json` is one line, as JSON.stringify writes it; `id` is what a client comes back with. */
export function eventText(name: string, json: string, id: number | null = null): string {
  return `${id === null ? '' : `id: ${id}\n`}event: ${name}\ndata: ${json}\n\n`;
}
