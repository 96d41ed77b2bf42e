/** Stops the containers of this run, and no other servers. */
export default async function tearDownLiveServers(): Promise<void> {
  const { KAFKA_BROKERS, REDIS_URL, ALDER_LIVE_KAFKA_BROKERS } = process.env;
  if ((KAFKA_BROKERS && REDIS_URL) || !ALDER_LIVE_KAFKA_BROKERS) return;
  const { stopContainers } = await import('./live-containers');
  await stopContainers();
}
