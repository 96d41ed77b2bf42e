import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Environment, openEnvironment } from '../../shared/embedded/environment';

/** A data folder of its own for one test. `open` gives another environment on it; `remove` closes all and deletes it. */
export interface TestFolder {
  readonly dataDir: string;
  open(): Environment;
  remove(): Promise<void>;
}

export function makeTestFolder(): TestFolder {
  const dataDir = mkdtempSync(join(tmpdir(), 'alder-embedded-'));
  const opened: Environment[] = [];
  return {
    dataDir,
    open: () => {
      const environment = openEnvironment(dataDir);
      opened.push(environment);
      return environment;
    },
    remove: async () => {
      for (const environment of opened) await environment.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Deletes messages [from, next) as retention does at the head, or as an operator does in the middle. */
export async function deleteMessages(
  environment: Environment,
  topic: string,
  { partition, from, next }: { partition: number; from: number; next: number },
): Promise<void> {
  const messages = environment.bytesStore('messages');
  await environment.write('log-unavailable', () => {
    for (let offset = from; offset < next; offset++) messages.removeSync([topic, partition, offset]);
  });
}
