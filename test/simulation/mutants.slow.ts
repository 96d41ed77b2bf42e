import type * as ReadBlock from '../../services/trainer/read/read-block';
import type * as Resume from '../../services/trainer/resume/resume';
import type * as Holdout from '../../shared/evaluation/holdout';
import { publishOutcome, retiredVersions } from '../../shared/model-registry/registry-rules';
import { type Plan, planOf } from './plan';
import type * as Simulate from './simulate';
import type { SimulatedMirrors } from './simulated-mirrors';
import type { Mutant } from './world';

/** The seeds of the slow simulation run. */
const SEEDS = 300;
/** Ten times the usual duration, for a busy machine. */
const PATIENCE_MS = 120_000;

jest.setTimeout(PATIENCE_MS);

afterEach(() => {
  jest.resetModules();
  jest.dontMock('../../services/trainer/read/read-block');
  jest.dontMock('../../services/trainer/resume/resume');
  jest.dontMock('../../shared/evaluation/holdout');
});

test('a trainer that counts redelivered messages twice is caught', async () => {
  jest.doMock('../../services/trainer/read/read-block', () => {
    const actual = jest.requireActual<typeof ReadBlock>('../../services/trainer/read/read-block');
    const readBlock: typeof ReadBlock.readBlock = (block, position, ...rest) =>
      actual.readBlock(block, block.offsets[0] ?? position, ...rest);
    return { ...actual, readBlock };
  });
  await expectCaught(/is not what was sent|ended with.*skipped/s);
});

test('a trainer that skips deleted messages as if they were control records is caught', async () => {
  jest.doMock('../../services/trainer/read/read-block', () => {
    const actual = jest.requireActual<typeof ReadBlock>('../../services/trainer/read/read-block');
    const readBlock: typeof ReadBlock.readBlock = (...block) => ({
      ...actual.readBlock(...block),
      hasGap: false,
    });
    return { ...actual, readBlock };
  });
  await expectCaught(/is not what was sent/, {}, ({ retention }) => retention === 'loss');
});

test('a registry that does not check the parent of a version is caught', async () => {
  await expectCaught(/became the newest after/, {
    publishOutcome: (state, publication, stored) =>
      publishOutcome({ ...state, newest: publication.parent }, publication, stored),
  });
});

test('a registry that does not check the epoch of a publisher is caught', async () => {
  await expectCaught(/without the lease|in epoch/, {
    publishOutcome: (state, publication, stored) =>
      publishOutcome({ ...state, lease: publication.lease }, publication, stored),
  });
});

test('a registry whose retention deletes versions that an alias points at is caught', async () => {
  await expectCaught(/and was retired/, {
    retiredVersions: (stored, state, keep) =>
      retiredVersions(stored, { ...state, aliases: {}, previousChampion: null }, keep),
  });
});

test('a trainer that fits on held-out rows is caught', async () => {
  jest.doMock('../../shared/evaluation/holdout', () => ({
    ...jest.requireActual<typeof Holdout>('../../shared/evaluation/holdout'),
    isHeldOut: () => false,
  }));
  await expectCaught(/is not what was sent: .*tree/);
});

test('a trainer that resumes from committed offsets instead of those in the record is caught', async () => {
  let mirrors: SimulatedMirrors | null = null;
  jest.doMock('../../services/trainer/resume/resume', () => {
    const actual = jest.requireActual<typeof Resume>('../../services/trainer/resume/resume');
    const resume: typeof Resume.resume = async (context, signal) => {
      const resumed = await actual.resume(context, signal);
      for (const intake of resumed.intakes) {
        const next = mirrors?.committed.get(intake.partition) ?? intake.progress.next;
        intake.progress = { ...intake.progress, next };
        intake.position = next;
      }
      return resumed;
    };
    return { ...actual, resume };
  });
  await expectCaught(/ended with.*skipped|is not what was sent/s, {
    mirrors: (opened) => {
      mirrors = opened;
    },
  });
});

test('a trainer that continues before a rejected row is acknowledged is caught', async () => {
  await expectCaught(/steps over the rejected row/, {
    context: (context) => {
      const { rowLog } = context;
      const appendRejected: typeof rowLog.appendRejected = async (rows) => {
        rowLog.appendRejected(rows).catch(() => undefined);
      };
      return { ...context, rowLog: Object.create(rowLog, { appendRejected: { value: appendRejected } }) };
    },
  });
});

/**
 * Runs the seeds with the modules that are mocked at the moment until one violates the rule that the removed guard
 * protects. The caller may exclude seeds that cannot reveal the fault.
 */
async function expectCaught(
  by: RegExp,
  mutant: Mutant = {},
  mayFind: (plan: Plan) => boolean = () => true,
): Promise<void> {
  const { simulate } = require('./simulate') as typeof Simulate;
  for (let seed = 1; seed <= SEEDS; seed++) {
    if (!mayFind(planOf(seed))) continue;
    const { violations } = await simulate(seed, mutant);
    if (violations.some((violation) => by.test(violation))) return;
  }
  throw new Error(`no violation in ${SEEDS} seeds`);
}
