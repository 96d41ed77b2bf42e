import { CHAMPION } from '../../../shared/model-registry/aliases';
import { waitUntil } from '../../kills/long-wait';
import { mirrorGroup } from '../../support/live-kafka';
import { isAtEnd, newestRecord } from '../../support/scenario-places';
import { committedOffsets } from '../servers/cluster-view';
import type { ChaosWorld } from './chaos-world';
import type { Journal } from './journal';

/** The bound starts when every server and every process runs again. */
const HEAL_MS_MAX = 60_000;

export interface Healed {
  /** The largest number of acknowledged rows that a producer reported. */
  readonly acknowledgedRows: number;
  /** The number of the producer's rows in the log, all in order. */
  readonly rowsInLog: number;
}

/**
 * Checks the recovery after the last repair, within a minute: the producer resumes; after its stop the lag becomes 0 in
 * the record and for lag tools; every server serves the champion. Throws with the first condition that fails.
 */
export async function heal(world: ChaosWorld, journal: Journal): Promise<Healed> {
  const { broker, history, place, registry, rows } = world;
  const { producer, servings } = world.roles;
  const beganMs = performance.now();
  const until = async (what: string, look: () => Promise<boolean>): Promise<void> => {
    const leftMs = HEAL_MS_MAX - (performance.now() - beganMs);
    await waitUntil(`${what} within ${HEAL_MS_MAX} ms`, leftMs, look, Boolean);
    journal.tell(`healed: ${what} after ${Math.round(performance.now() - beganMs)} ms`);
  };

  const before = history.acknowledgedRows;
  await until('the producer goes on', async () => history.acknowledgedRows > before);
  const { status, stdout, stderr } = await producer.stop();
  if (status !== 0) throw new Error(`the producer ended with ${status}:\n${stderr.join('\n')}`);
  const summary = JSON.parse(stdout.at(-1)!) as { acknowledged: number; alreadyInLog: number };
  const acknowledgedRows = Math.max(history.acknowledgedRows, summary.alreadyInLog + summary.acknowledged);
  await history.stop();
  const rowsInLog = await rows.check();

  // The last row may be bad, and no version covers a bad last row.
  const value = JSON.stringify({ data: [5.1, 3.5, 1.4, 0.2], label: 'setosa' });
  for (const { partition } of await place.log.bounds()) await place.log.append(partition, [{ value }]);
  await until("the newest version stands at the log's end", async () =>
    isAtEnd(await newestRecord(registry), place.log),
  );
  await until('lag tools see no lag', async () => {
    const committed = await committedOffsets(broker.address, mirrorGroup(registry.model), place.topic);
    return (await place.log.bounds()).every(({ partition, end }) => committed.get(partition) === end);
  });
  await until('every server is on the champion', async () => {
    const champion = (await registry.loadState()).aliases[CHAMPION]?.version;
    const urls = await Promise.all(servings.map(({ life }) => life.process.url()));
    const served = await Promise.all(urls.map(async (url) => (await fetch(`${url}/readyz`)).json()));
    return served.every((body) => (body as { version: number }).version === champion);
  });
  return { acknowledgedRows, rowsInLog };
}
