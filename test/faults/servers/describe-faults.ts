import { spawnSync } from 'node:child_process';
import { type LiveServers, liveServers } from '../../support/live';
import { hasRedisServer } from './own-redis';

/** The command line answers in a tenth of a second where Docker is well; a machine under load takes far longer. */
const DOCKER_WAIT_MS_MAX = 30_000;

/** A suite that breaks a Redis process of its own; rows go to the given Kafka, which it leaves alone. */
export function describeOwnRedis(name: string, suite: (given: LiveServers) => void): void {
  describeWith(name, missingServers() ?? missingRedis(), () => suite(liveServers()!));
}

/** A suite that breaks brokers of its own, in containers; versions go to the given Redis, which it leaves alone. */
export function describeOwnBrokers(name: string, suite: (given: LiveServers) => void): void {
  describeWith(name, missingServers() ?? missingDocker(), () => suite(liveServers()!));
}

/** A suite that breaks a broker and a Redis of its own, and needs no other server. */
export function describeOwnServers(name: string, suite: () => void): void {
  describeWith(name, missingRedis() ?? missingDocker(), suite);
}

/**
 * Runs the suite unless something is missing. What is missing is said aloud, and is a failure under
 * ALDER_REQUIRE_LIVE=1: a build that skips a suite has not shown what it shows.
 */
function describeWith(name: string, missing: string | null, suite: () => void): void {
  if (missing === null) {
    describe(name, suite);
    return;
  }
  const isRequired = process.env.ALDER_REQUIRE_LIVE === '1';
  if (!isRequired && process.env.ALDER_LIVE !== '0') process.stderr.write(`SKIPPED: ${name} (${missing})\n`);
  describe(name, () => {
    const fail = () => {
      throw new Error(`ALDER_REQUIRE_LIVE=1, but ${missing}`);
    };
    if (isRequired) it('has the servers that it breaks', fail);
    else it.skip(missing, () => undefined);
  });
}

function missingServers(): string | null {
  return liveServers() === null ? 'there is no Kafka and Redis to write to' : null;
}

function missingRedis(): string | null {
  return hasRedisServer() ? null : 'redis-server is not installed here';
}

function missingDocker(): string | null {
  const command = ['version', '--format', '{{.Server.Version}}'];
  const { status } = spawnSync('docker', command, { timeout: DOCKER_WAIT_MS_MAX });
  return status === 0 ? null : 'Docker does not answer';
}
