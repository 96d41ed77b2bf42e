import { brokenLinks, counted, outcome, trainToEnd, verifyAll } from '../../kills/verdict';
import { useAlder } from '../../support/alder-process';
import { newestRecord } from '../../support/scenario-places';
import { describeOwnServers } from '../servers/describe-faults';
import { breakAll } from './break-all';
import { ChaosWorld } from './chaos-world';
import { type Healed, heal } from './heal';
import { Journal } from './journal';

const MINUTES = Number(process.env.ALDER_CHAOS_MINUTES || 10);
const SEED = Number(process.env.ALDER_CHAOS_SEED || 1);
const FOR_MS = MINUTES * 60_000;
const PROGRESS_MS = 10_000;
/** Extra time for the start, the last repairs and the healing phase. */
const RUN_MS_MAX = FOR_MS + 600_000;
const VERDICT_MS_MAX = 300_000 + FOR_MS;
/** A short run need not meet every target. */
const FAULTS_PER_MINUTE_MIN = 5;

describeOwnServers(
  `seed ${SEED}: all servers and all roles die, hang and restart for ${MINUTES} minutes`,
  () => {
    let world: ChaosWorld;
    // The world closes before the suite ends its processes, so that no role restarts one of them.
    afterAll(() => world?.close(), RUN_MS_MAX);
    const alder = useAlder();
    let journal: Journal;
    let healed: Healed;

    const toldFaults = new Set<string>();
    const tellProgress = () => {
      const { history, answeredCount, answers, faults } = world;
      for (const fault of faults) if (!toldFaults.has(fault)) journal.tell(`FOUND WRONG: ${fault}`);
      for (const fault of faults) toldFaults.add(fault);
      journal.tell(
        `${journal.total} faults so far; ${history.acknowledgedRows} rows acknowledged, newest version ` +
          `${history.newestVersion}, ${answeredCount} predictions by ${answers.versionCount} versions`,
      );
    };

    beforeAll(async () => {
      world = await ChaosWorld.start(alder, SEED, FOR_MS / 1_000);
      await world.everyoneAnswers();
      journal = new Journal(`chaos, seed ${SEED},`);
      const progress = setInterval(tellProgress, PROGRESS_MS);
      try {
        await breakAll(world.targets, { seed: SEED, forMs: FOR_MS, journal });
        journal.tell(`everything is mended; there were ${journal.total} faults: ${journal.summary}`);
        healed = await heal(world, journal);
        await world.stopWatching();
        for (const role of [...world.roles.trainers, ...world.roles.servings]) {
          const { status } = await role.stop();
          if (status !== 0) throw new Error(`${role.name} ended with ${status}`);
        }
      } catch (cause) {
        const found = world.faults.map((fault) => `\nfound before: ${fault}`).join('');
        throw new Error(`${String(cause)}${found}\nagain: ${again()}`, { cause });
      } finally {
        clearInterval(progress);
        tellProgress();
      }
    }, RUN_MS_MAX);

    test('faults were injected all along', () => {
      expect(journal.total).toBeGreaterThanOrEqual(FAULTS_PER_MINUTE_MIN * MINUTES);
    });

    test('no role ended by itself, no ready server failed a request or served an older version, and versions and rows only grew', () => {
      expect(world.faults).toEqual([]);
    });

    test('every acknowledged row is in the log after the faults', () => {
      expect(healed.rowsInLog).toBeGreaterThanOrEqual(healed.acknowledgedRows);
      expect(healed.acknowledgedRows).toBeGreaterThan(0);
    });

    test(
      'every prediction is the one of the version that it names',
      async () => {
        expect(await world.answers.faults(world.registry)).toEqual([]);
        expect(world.answeredCount).toBeGreaterThan(0);
      },
      VERDICT_MS_MAX,
    );

    test(
      'every version that was seen or announced is stored, and each has the version before it as parent',
      async () => {
        const lives = world.roles.trainers.flatMap((trainer) => trainer.lives);
        for (const life of lives) await world.seen.noteAfter(life.process);
        expect(await world.seen.changed()).toEqual([]);
        expect(await brokenLinks(world.registry)).toEqual([]);
      },
      VERDICT_MS_MAX,
    );

    test(
      'every row is counted once, and the last version is that of a run without faults',
      async () => {
        const { place, registry } = world;
        const tried = (await newestRecord(registry))!;
        const { inLog, messages, skipped, accepted, rejected } = await counted(tried, place);
        expect({ messages, skipped, lines: accepted + rejected }).toEqual({
          messages: inLog,
          skipped: 0,
          lines: inLog,
        });
        const calm = await trainToEnd(alder, place, await place.registry(`${place.topic}-calm`));
        expect(outcome(tried)).toEqual(outcome(calm));
      },
      VERDICT_MS_MAX,
    );

    test(
      'the deep verifier reproduces every version and finds no other fault',
      async () => {
        const { place, registry } = world;
        const versions = await verifyAll(alder, place, registry.model);
        expect(versions).toBe((await registry.listVersions()).length);
        journal.tell(
          `the deep verifier made ${versions} versions again; ${world.answers.versionCount} of them answered`,
        );
      },
      VERDICT_MS_MAX,
    );
  },
);

function again(): string {
  return `npm run test:chaos -- --minutes ${MINUTES} --seed ${SEED}`;
}
