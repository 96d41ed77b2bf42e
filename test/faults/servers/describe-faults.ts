import { spawnSync } from 'node:child_process';
import { describeLive, type LiveServers } from '../../support/live';
import { hasRedisServer } from './own-redis';

/** A suite that breaks a Redis process of its own; rows go to the given Kafka, which it leaves alone. */
export function describeOwnRedis(name: string, suite: (given: LiveServers) => void): void {
  if (hasRedisServer()) describeLive(name, suite);
  else skip(name, 'redis-server is not installed here');
}

/** A suite that breaks brokers of its own, in containers; versions go to the given Redis, which it leaves alone. */
export function describeOwnBrokers(name: string, suite: (given: LiveServers) => void): void {
  if (hasDocker()) describeLive(name, suite);
  else skip(name, 'Docker does not answer');
}

function hasDocker(): boolean {
  const command = ['version', '--format', '{{.Server.Version}}'];
  return spawnSync('docker', command, { timeout: 5_000 }).status === 0;
}

/** Said aloud: a build that skips these has not shown what they show. */
function skip(name: string, reason: string): void {
  if (process.env.ALDER_LIVE !== '0') process.stderr.write(`SKIPPED: ${name} (${reason})\n`);
  describe(name, () => {
    it.skip(reason, () => undefined);
  });
}
