import { get, type IncomingMessage } from 'node:http';

/** Opens the event stream of the page `count` times; the returned function closes them. */
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
