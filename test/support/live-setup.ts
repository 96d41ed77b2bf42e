import { execFile } from 'node:child_process';
import { LIVE_KAFKA_VARIABLE, LIVE_REDIS_VARIABLE } from './live';

/** Without Docker the answer comes at once; with Docker it takes 0.1 s, or seconds under load. */
const DOCKER_WAIT_MS_MAX = 15_000;

const HOW_TO_RUN =
  'set KAFKA_BROKERS and REDIS_URL to servers that may be written to, or start Docker; ALDER_LIVE=0 skips silently';

/**
 * Finds the servers of the live suites before any test runs: the servers of KAFKA_BROKERS and REDIS_URL, else
 * containers, else none, with a warning. ALDER_REQUIRE_LIVE=1 turns the warning into a failure, so that no build passes
 * by skipping.
 */
export default async function setUpLiveServers(): Promise<void> {
  const { KAFKA_BROKERS, REDIS_URL, ALDER_LIVE, ALDER_REQUIRE_LIVE } = process.env;
  if (KAFKA_BROKERS && REDIS_URL) {
    announce(KAFKA_BROKERS, REDIS_URL);
    return;
  }
  const isWanted = ALDER_LIVE !== '0';
  const fault = isWanted ? await startInDocker() : 'ALDER_LIVE=0';
  if (fault === null) return;
  if (ALDER_REQUIRE_LIVE === '1')
    throw new Error(`ALDER_REQUIRE_LIVE=1, but there are no live servers (${fault}): ${HOW_TO_RUN}`);
  if (isWanted) say(`LIVE SUITES ARE SKIPPED (${fault}): ${HOW_TO_RUN}`);
}

/** Null when the containers run, else the reason why they do not. */
async function startInDocker(): Promise<string | null> {
  if (!(await dockerAnswers())) return 'no KAFKA_BROKERS, no REDIS_URL, no Docker';
  // Loaded here, because it takes most of a second, which a run without containers saves.
  const { startContainers, stopContainers, KAFKA_IMAGE, REDIS_IMAGE } = await import('./live-containers');
  say(`live suites: starting ${KAFKA_IMAGE} and ${REDIS_IMAGE} in Docker; ALDER_LIVE=0 skips them`);
  try {
    const { kafkaBrokers, redisUrl } = await startContainers();
    announce(kafkaBrokers, redisUrl);
    return null;
  } catch (error) {
    await stopContainers();
    return `Docker could not start them: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function announce(kafkaBrokers: string, redisUrl: string): void {
  process.env[LIVE_KAFKA_VARIABLE] = kafkaBrokers;
  process.env[LIVE_REDIS_VARIABLE] = redisUrl;
}

function dockerAnswers(): Promise<boolean> {
  return new Promise((resolve) => {
    const command = ['version', '--format', '{{.Server.Version}}'];
    execFile('docker', command, { timeout: DOCKER_WAIT_MS_MAX }, (error) => resolve(error === null));
  });
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
