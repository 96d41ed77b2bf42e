import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Prints the server's address for the parent process. */
export function tellPort(server: Server): void {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
}
