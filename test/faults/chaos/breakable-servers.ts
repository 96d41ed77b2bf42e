import type { OwnBroker } from '../servers/own-broker';
import type { OwnRedis } from '../servers/own-redis';
import { type Breakable, prove } from './breakable';

const KILLED = 137;

export function breakableBroker(broker: OwnBroker): Breakable {
  return {
    async kill() {
      await broker.kill();
      const [state, status] = [await broker.state(), await broker.exitStatus()];
      return prove(state === 'exited' && status === KILLED, `it ${state} with status ${status}`);
    },
    async startAgain() {
      await broker.startAgain();
      return `it answers, started at ${await broker.startedAt()}`;
    },
    async freeze() {
      await broker.pause();
      const state = await broker.state();
      return prove(state === 'paused', `it is ${state}`);
    },
    async awake() {
      const state = await broker.state();
      await broker.unpause();
      return prove(state === 'paused', `it was still ${state}`);
    },
    async restart() {
      const before = await broker.startedAt();
      await broker.restart();
      const after = await broker.startedAt();
      return prove(after !== before, `it was started at ${before}, and again at ${after}`);
    },
  };
}

export function breakableRedis(redis: OwnRedis): Breakable {
  return {
    async kill() {
      const { pid } = redis;
      const endedBy = await redis.end('SIGKILL');
      return prove(endedBy === 'SIGKILL', `pid ${pid} ended by ${endedBy}`);
    },
    async startAgain() {
      await redis.startAgain();
      return `pid ${redis.pid} answers`;
    },
    async freeze() {
      redis.freeze();
      return prove(redis.isFrozen, `pid ${redis.pid} is stopped`);
    },
    async awake() {
      const wasFrozen = redis.isFrozen;
      redis.awake();
      return prove(wasFrozen, `pid ${redis.pid} was still stopped`);
    },
    async restart() {
      const { pid } = redis;
      const endedBy = await redis.end('SIGTERM');
      await redis.startAgain();
      return prove(
        endedBy === null && redis.pid !== pid,
        `pid ${pid} left in order, pid ${redis.pid} answers`,
      );
    },
  };
}
