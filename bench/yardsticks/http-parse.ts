import { createServer } from 'node:http';
import { answerOf } from './http-iris-tree';
import { tellPort } from './http-port';

/** The plainest prediction server: node:http, JSON.parse, the same tree, JSON.stringify. */
const server = createServer((request, response) => {
  const pieces: Buffer[] = [];
  request.on('data', (piece: Buffer) => pieces.push(piece));
  request.on('end', () => {
    const text = JSON.stringify(answerOf(JSON.parse(Buffer.concat(pieces).toString())));
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    });
    response.end(text);
  });
});
server.listen(0, '127.0.0.1', () => tellPort(server));
