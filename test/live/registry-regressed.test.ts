import { Redis } from 'ioredis';
import { type RegressingPlace, registryRegressedSuite } from '../scenarios/registry-regressed-suite';
import { describeLive, type LiveServers } from '../support/live';
import { hasRedisServer, startOwnRedis } from '../support/own-redis';
import { livePlace } from '../support/scenario-places';

/** A Redis of the test's own, since everything on it is deleted; where no redis-server is installed, only its keys. */
async function openPlace({ kafkaBrokers, redisUrl }: LiveServers): Promise<RegressingPlace> {
  const own = hasRedisServer() ? await startOwnRedis() : null;
  const url = own?.url ?? redisUrl;
  const place = await livePlace({ kafkaBrokers, redisUrl: url })();
  const admin = new Redis(url);
  const keys = () => admin.keys(`*{${place.topic}}*`);
  const empty = async () => {
    expect((await keys()).length).toBeGreaterThan(0);
    if (own === null) await admin.del(...(await keys()));
    else await admin.flushall();
    expect(await keys()).toEqual([]);
  };
  return {
    ...place,
    empty,
    async remember() {
      const dumps = await Promise.all(
        (await keys()).map(async (key) => ({ key, dump: await admin.dumpBuffer(key) })),
      );
      return async () => {
        await empty();
        for (const { key, dump } of dumps) await admin.restore(key, 0, dump!);
      };
    },
    async remove() {
      await place.remove();
      await admin.quit();
      await own?.stop();
    },
  };
}

describeLive('a registry that fell behind its log, on Kafka and Redis', (servers) =>
  registryRegressedSuite(() => openPlace(servers)),
);
