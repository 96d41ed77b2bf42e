import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { isProxied, refuseForeignPages } from '../../../services/serving/route/callers';

const requestWith = (headers: IncomingHttpHeaders) => ({ headers }) as IncomingMessage;

test.each([
  [{}],
  [{ 'sec-fetch-site': 'same-origin' }],
  [{ 'sec-fetch-site': 'none' }],
  [{ origin: 'http://127.0.0.1:5000' }],
  [{ origin: 'http://127.0.0.1:5000', 'sec-fetch-site': 'same-origin' }],
])('a program, an address bar and our own page are no foreign pages: %j', (headers) => {
  expect(() => refuseForeignPages(requestWith({ host: '127.0.0.1:5000', ...headers }))).not.toThrow();
});

test.each([
  [{ 'sec-fetch-site': 'cross-site' }],
  [{ 'sec-fetch-site': 'same-site' }],
  [{ 'sec-fetch-site': 'anything' }],
  [{ origin: 'http://evil.example' }],
  [{ origin: 'http://127.0.0.1:3000' }],
  [{ origin: 'null' }],
  [{ origin: 'http://127.0.0.1:5000', 'sec-fetch-site': 'cross-site' }],
])('a page of another origin is refused: %j', (headers) => {
  expect(() => refuseForeignPages(requestWith({ host: '127.0.0.1:5000', ...headers }))).toThrow(
    expect.objectContaining({ code: 'cross-site' }),
  );
});

test.each(['forwarded', 'via', 'x-real-ip', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto'])(
  'the header %s tells of a proxy',
  (name) => {
    expect(isProxied(requestWith({ host: '127.0.0.1', [name]: '10.0.0.1' }))).toBe(true);
    expect(isProxied(requestWith({ host: '127.0.0.1' }))).toBe(false);
  },
);
