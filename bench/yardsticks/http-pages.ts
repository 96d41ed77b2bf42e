import { get, type IncomingMessage } from 'node:http';

/** Opens a server's page so many times, as far as the server sees it; gives what closes them. */
export async function openPages(port: number, count: number): Promise<() => void> {
  const streams = await Promise.all(Array.from({ length: count }, () => openPage(port)));
  return () => {
    for (const stream of streams) stream.destroy();
  };
}

function openPage(port: number): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = get({ port, path: '/events', agent: false }, (stream) => {
      if (stream.statusCode !== 200) reject(new Error(`/events answers ${stream.statusCode}`));
      stream.on('error', () => undefined).resume();
      resolve(stream);
    });
    request.on('error', reject);
  });
}
