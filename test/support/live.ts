import { randomBytes } from 'node:crypto';

/** Real servers for the live suites, as globalSetup found or started them. */
export interface LiveServers {
  readonly kafkaBrokers: string[];
  readonly redisUrl: string;
}

/** The variables by which globalSetup passes the servers on; test workers inherit its environment. */
export const LIVE_KAFKA_VARIABLE = 'ALDER_LIVE_KAFKA_BROKERS';
export const LIVE_REDIS_VARIABLE = 'ALDER_LIVE_REDIS_URL';

/** Null when this run has no real servers. */
export function liveServers(): LiveServers | null {
  const kafkaBrokers = process.env[LIVE_KAFKA_VARIABLE];
  const redisUrl = process.env[LIVE_REDIS_VARIABLE];
  if (!kafkaBrokers || !redisUrl) return null;
  return { kafkaBrokers: kafkaBrokers.split(','), redisUrl };
}

/** A suite on real servers; one skipped test stands for it when there are none. */
export function describeLive(name: string, suite: (servers: LiveServers) => void): void {
  const servers = liveServers();
  describe(name, () => {
    if (servers === null) it.skip('live suites need a real Kafka and Redis', () => undefined);
    else suite(servers);
  });
}

/** A unique name, since test runs share their servers. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(6).toString('hex')}`;
}
