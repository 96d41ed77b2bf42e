import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Tells whoever started this process where it serves. */
export function tellPort(server: Server): void {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
}
