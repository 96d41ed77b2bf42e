/** The form of `kafkaBrokers`, in words. */
export const BROKER_LIST = 'host:port, several joined by commas';

/** A host name, an IPv4 address or an IPv6 address in brackets, then a port. */
const BROKER = /^(?:[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\]):(\d{1,5})$/i;

/** True for an empty text and for `host:port`, several joined by commas; a scheme and a missing port are refused. */
export function isBrokerList(text: string): boolean {
  return text === '' || text.split(',').every((broker) => isBroker(broker.trim()));
}

function isBroker(text: string): boolean {
  const port = Number(BROKER.exec(text)?.[1] ?? 0);
  return port >= 1 && port <= 65_535;
}

/** The URL with its user and password masked, for a screen or a log. A text that is no URL is masked as a whole. */
export function maskedUrl(text: string): string {
  if (text === '') return text;
  if (!URL.canParse(text)) return '***';
  const url = new URL(text);
  if (url.username === '' && url.password === '') return text;
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/).*@/i, '$1***@');
}
