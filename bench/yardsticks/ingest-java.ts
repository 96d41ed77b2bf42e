import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { Missing, Yardstick } from '../harness/figure';

const SCRIPT = 'kafka-consumer-perf-test.sh';
const NAME = "Java's ConsumerPerformance, one row a message, its fetch time only";

/**
 * Kafka's own benchmark of its Java consumer, found in ALDER_BENCH_KAFKA_BIN (the bin folder of a Kafka) or the PATH. It
 * counts messages. Its fetch time excludes the start of the JVM and the joining of the group.
 */
export function javaConsumer(
  target: number,
  broker: string,
  topic: () => Promise<string>,
  messageCount: number,
): Yardstick | Missing {
  const script = findScript();
  if (script === null) {
    return {
      name: NAME,
      target,
      missing: `there is no ${SCRIPT} on the PATH; name its folder in ALDER_BENCH_KAFKA_BIN`,
    };
  }
  return {
    name: NAME,
    target,
    async run() {
      const args = [
        '--bootstrap-server',
        broker,
        '--topic',
        await topic(),
        '--messages',
        String(messageCount),
      ];
      const { stdout } = await promisify(execFile)(script, args);
      return fetchRate(stdout);
    },
  };
}

function findScript(): string | null {
  const folders = [process.env.ALDER_BENCH_KAFKA_BIN, ...(process.env.PATH ?? '').split(delimiter)];
  const scripts = folders.flatMap((folder) =>
    folder === undefined || folder === '' ? [] : [join(folder, SCRIPT)],
  );
  return scripts.find((script) => existsSync(script)) ?? null;
}

/** Reads the fetch rate from a line of column names and a line of numbers, both separated by commas. */
function fetchRate(output: string): number {
  const lines = output
    .trim()
    .split('\n')
    .map((line) => line.split(',').map((cell) => cell.trim()));
  const names = lines.find((cells) => cells.includes('fetch.nMsg.sec'));
  const rate = Number(lines.at(-1)?.[names?.indexOf('fetch.nMsg.sec') ?? -1]);
  if (!(rate > 0)) throw new Error(`${SCRIPT} gave no fetch.nMsg.sec: ${output}`);
  return rate;
}
