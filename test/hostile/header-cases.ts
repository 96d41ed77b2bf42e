import { CHAMPION_PATH, chunked, GOOD_BODY, head, jsonHead } from './requests';

/** Bytes that no server may act on as a request; each closes its connection. */
export type HeaderCase = readonly [what: string, bytes: string | Uint8Array, status: number, code: string];

const bad = (what: string, bytes: string | Uint8Array): HeaderCase => [what, bytes, 400, 'bad-request'];
const tooLong = (what: string, bytes: string): HeaderCase => [what, bytes, 431, 'header-fields'];
const coded = (coding: string) => `${jsonHead([`Transfer-Encoding: ${coding}`])}${chunked(GOOD_BODY)}`;
const sized = (length: string) => `${jsonHead([`Content-Length: ${length}`])}${GOOD_BODY}`;
const inChunks = (chunks: string) => `${jsonHead(['Transfer-Encoding: chunked'])}${chunks}`;
const length = GOOD_BODY.length;

const LENGTHS: readonly HeaderCase[] = [
  bad('a length and a coding', `${jsonHead(['Content-Length: 5', 'Transfer-Encoding: chunked'])}0\r\n\r\n`),
  bad('a coding and a length', `${jsonHead(['Transfer-Encoding: chunked', 'Content-Length: 5'])}0\r\n\r\n`),
  bad('two lengths', `${jsonHead(['Content-Length: 2', 'Content-Length: 3'])}{}`),
  bad('the same length twice', `${jsonHead(['Content-Length: 2', 'Content-Length: 2'])}{}`),
  bad('a list of lengths', sized(`${length}, ${length}`)),
  bad('a length with a sign', sized(`+${length}`)),
  bad('a negative length', sized('-1')),
  bad('a length in hexadecimal', sized('0x12')),
  bad('a length with a space in it', sized('1 8')),
  bad('an empty length', sized('')),
  bad('a length past 64 bits', sized('99999999999999999999')),
  bad('a space before the colon of a length', `${jsonHead([`Content-Length : ${length}`])}${GOOD_BODY}`),
];

const CODINGS: readonly HeaderCase[] = [
  bad('gzip, chunked', coded('gzip, chunked')),
  bad('chunked, identity', coded('chunked, identity')),
  bad('a coding that nobody knows', coded('xchunked')),
  bad('identity', coded('identity')),
  bad('a quoted coding', coded('"chunked"')),
  bad('an empty coding', coded('')),
  bad('a coding behind a vertical tab', coded('\x0bchunked')),
  bad(
    'chunked twice',
    `${jsonHead(['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'])}${chunked(GOOD_BODY)}`,
  ),
  bad(
    'chunks in HTTP/1.0',
    `POST ${CHAMPION_PATH} HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n${chunked(GOOD_BODY)}`,
  ),
  bad('a chunk in hexadecimal with its prefix', inChunks(`0x12\r\n${GOOD_BODY}\r\n0\r\n\r\n`)),
  bad('a negative chunk', inChunks(`-12\r\n${GOOD_BODY}\r\n0\r\n\r\n`)),
  bad('a chunk past 64 bits', inChunks(`${'f'.repeat(19)}\r\n${GOOD_BODY}`)),
  bad('a chunk that is longer than it says', inChunks(`11\r\n${GOOD_BODY}\r\n0\r\n\r\n`)),
  bad('chunks that end in bare newlines', inChunks(`12\n${GOOD_BODY}\n0\n\n`)),
  bad('a newline in the extension of a chunk', inChunks(`12;a\nb\r\n${GOOD_BODY}\r\n0\r\n\r\n`)),
  bad('a length behind the last chunk', inChunks(`12\r\n${GOOD_BODY}\r\n0\r\nContent-Length: 5\r\n\r\n`)),
  [
    'an extension of a chunk that does not end',
    inChunks(`12;${'a'.repeat(20_000)}\r\n`),
    413,
    'body-too-large',
  ],
  tooLong('20 KB behind the last chunk', inChunks(`12\r\n${GOOD_BODY}\r\n0\r\nA: ${'a'.repeat(20_000)}\r\n`)),
];

const FIELDS: readonly HeaderCase[] = [
  bad('two Host fields', head('GET', '/livez', ['Host: b'])),
  bad('two equal Host fields', head('GET', '/livez', ['Host: a'])),
  bad('two Host fields of other case behind others', head('GET', '/livez', ['A: b', 'hOST: b'])),
  bad('no Host field', 'GET /livez HTTP/1.1\r\n\r\n'),
  bad('a host that is none', 'GET /livez HTTP/1.1\r\nHost: a b/c@d\r\n\r\n'),
  bad('two hosts in one field', 'GET /livez HTTP/1.1\r\nHost: a,b\r\n\r\n'),
  bad('two content types', jsonHead(['Content-Type: text/plain'])),
  bad('two content codings', jsonHead(['Content-Encoding: gzip', 'Content-Encoding: identity'])),
  bad('an expectation that nobody knows', jsonHead(['Expect: a miracle'])),
  bad('a field without a name', head('GET', '/livez', [': b'])),
  bad('a field over two lines', head('GET', '/livez', ['A: a\r\n b'])),
  bad('a zero byte in a field', head('GET', '/livez', ['A: a\0b'])),
  bad('a carriage return in a field', head('GET', '/livez', ['A: a\rb'])),
  bad('bare newlines', 'GET /livez HTTP/1.1\nHost: a\n\n'),
  bad('one bare newline', 'GET /livez HTTP/1.1\r\nHost: a\nA: b\r\n\r\n'),
  bad('bare carriage returns', 'GET /livez HTTP/1.1\rHost: a\r\r'),
  tooLong('a header of 20 KB', head('GET', '/livez', [`A: ${'a'.repeat(20_000)}`])),
  tooLong('a name of 20 KB', head('GET', '/livez', [`${'A'.repeat(20_000)}: a`])),
  tooLong('2,500 fields', head('GET', '/livez', Array(2_500).fill('a:b'))),
  tooLong('101 fields', head('GET', '/livez', Array(100).fill('a:b'))),
  tooLong('a URL of 20 KB', head('GET', `/${'a'.repeat(20_000)}`)),
  tooLong('a query of 20 KB', head('GET', `/livez?${'a'.repeat(20_000)}`)),
];

const START_LINES: readonly HeaderCase[] = [
  bad('what is no HTTP', 'hello\r\n\r\n'),
  bad('a TLS greeting', Buffer.from('16030100a5010000a10303', 'hex')),
  bad('a greeting of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  bad('HTTP/1.2', 'GET /livez HTTP/1.2\r\nHost: a\r\n\r\n'),
  bad('HTTP/0.9', 'GET /livez HTTP/0.9\r\nHost: a\r\n\r\n'),
  bad('a request without a version', 'GET /livez\r\n\r\n'),
  bad('a method in lower case', 'get /livez HTTP/1.1\r\nHost: a\r\n\r\n'),
  bad('a method that nobody knows', head('FOO', '/livez')),
  bad('CONNECT', head('CONNECT', 'a:80')),
  bad('a tab in the target', head('GET', '/liv\tez')),
  bad('a zero byte in the target', head('GET', '/liv\0ez')),
  bad('a byte past ASCII in the target', Buffer.from(head('GET', '/liv\xe9z'), 'latin1')),
  bad('a backslash for the target', head('GET', '\\livez')),
];

export const HEADER_CASES: readonly HeaderCase[] = [...LENGTHS, ...CODINGS, ...FIELDS, ...START_LINES];
