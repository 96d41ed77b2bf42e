import { openTcpProxy, type TcpProxy } from './tcp-proxy';

const PORT_BYTES = 4;

/**
 * A proxy in front of a broker that its clients cannot get past: where the broker's replies name its address, they are
 * given the proxy's. The broker has to advertise the very address by which it is known here, as host and port.
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

/** An address as replies hold it: the host's text, then the port in four bytes, the highest first. */
function addressBytes(host: string, port: number): Buffer {
  const portBytes = Buffer.alloc(PORT_BYTES);
  portBytes.writeInt32BE(port);
  return Buffer.concat([Buffer.from(host), portBytes]);
}

/** Both have the same length, so no length that stands before them has to change. */
function replaced(chunk: Buffer, from: Buffer, to: Buffer): Buffer {
  const changed = Buffer.from(chunk);
  for (let at = changed.indexOf(from); at !== -1; at = changed.indexOf(from, at + to.length))
    to.copy(changed, at);
  return changed;
}
