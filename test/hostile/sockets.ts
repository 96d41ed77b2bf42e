import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A connection that never reads its answers. */
export async function deafClient(port: number, bytes: string | Uint8Array): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.pause();
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  // Not awaited: once the server stops reading from a client that does not read, the write does not end either.
  if (bytes.length > 0) socket.write(bytes);
  return socket;
}

/** Sends bytes, ends its own side, and gives the first line of the answer. */
export async function askAndEnd(port: number, bytes: string | Uint8Array): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.setEncoding('latin1');
  socket.end(bytes);
  let received = '';
  for await (const text of socket) received += text;
  return received.slice(0, received.indexOf('\r\n'));
}

/** Opens connections in bursts, so that the operating system's queue of new ones is never full, and sends each `bytes`. */
export async function openMany(port: number, count: number, bytes: string | Uint8Array): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const burst = Math.min(BURST, count - sockets.length);
    sockets.push(...(await Promise.all(Array.from({ length: burst }, () => deafClient(port, bytes)))));
  }
  return sockets;
}

const BURST = 200;
