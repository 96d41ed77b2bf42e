import { createServer } from 'node:http';
import { tellPort } from './http-port';

/** Reads the body and answers a constant of the given length: the limit of node:http. */
const body = 'x'.repeat(Number(process.argv[3]));

const server = createServer((request, response) => {
  const pieces: Buffer[] = [];
  request.on('data', (piece: Buffer) => pieces.push(piece));
  request.on('end', () => {
    Buffer.concat(pieces);
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
    response.end(body);
  });
});
server.listen(0, '127.0.0.1', () => tellPort(server));
