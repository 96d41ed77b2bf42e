import { openTcpProxy, type TcpProxy } from './tcp-proxy';

const PORT_BYTES = 4;

/**
 * A proxy before a broker. It replaces the broker's address in replies by its own, so clients never reach the broker
 * directly. The broker has to advertise the same host and port that the test uses.
 */
export async function openKafkaProxy(broker: string): Promise<TcpProxy> {
  const { hostname, port } = new URL(`kafka://${broker}`);
  const advertised = addressBytes(hostname, Number(port));
  const proxy: TcpProxy = await openTcpProxy({
    host: hostname,
    port: Number(port),
    rewriteReply: (chunk) => replaced(chunk, advertised, addressBytes(hostname, proxy.port)),
  });
  return proxy;
}

/** An address as in replies: the host's text, then the port as four big-endian bytes. */
function addressBytes(host: string, port: number): Buffer {
  const portBytes = Buffer.alloc(PORT_BYTES);
  portBytes.writeInt32BE(port);
  return Buffer.concat([Buffer.from(host), portBytes]);
}

/** Both have the same length, so no length prefix has to change. */
function replaced(chunk: Buffer, from: Buffer, to: Buffer): Buffer {
  const changed = Buffer.from(chunk);
  for (let at = changed.indexOf(from); at !== -1; at = changed.indexOf(from, at + to.length))
    to.copy(changed, at);
  return changed;
}
