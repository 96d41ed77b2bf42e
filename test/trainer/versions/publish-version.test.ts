import { publishUntilKnown } from '../../../services/trainer/versions/publish-version';
import { AlderError } from '../../../shared/errors';
import { CHAMPION } from '../../../shared/model-registry/aliases';
import type { Publication } from '../../../shared/model-registry/model-registry';
import { EMPTY_STATE } from '../../../shared/model-registry/registry-rules';
import { silentLog } from '../../../shared/runtime/log';
import { ManualClock } from '../../support/manual-clock';
import { MemoryModelRegistry } from '../../support/memory-model-registry';
import type { MemoryRowLog } from '../../support/memory-row-log';
import { nextPublication, PUBLISHED_AT, takeLease } from '../../support/publications';
import { readThrough, rowMessages, withManualTrainer } from '../manual-trainer';

describe('publishing until the outcome is known', () => {
  test('a publish whose reply was lost is sent again, the same bytes, and found to be there', async () => {
    const clock = new ManualClock();
    const registry = new MemoryModelRegistry();
    const publication = nextPublication(EMPTY_STATE, await takeLease(registry));
    const sent = loseReplies(registry, 2);
    const outcome = publishUntilKnown(registry, publication, clock, silentLog, new AbortController().signal);
    // Pauses of 50 and 100 ms between the three tries.
    await clock.advance(150);
    expect(await outcome).toBe('already');
    expect(sent).toEqual([publication, publication, publication]);
    expect(await registry.listVersions()).toEqual([1]);
  });

  test('the pauses between two tries grow to a second and no further', async () => {
    const clock = new ManualClock();
    const registry = new MemoryModelRegistry();
    const publication = nextPublication(EMPTY_STATE, await takeLease(registry));
    const stopping = new AbortController();
    registry.isAway = true;
    const outcome = publishUntilKnown(registry, publication, clock, silentLog, stopping.signal);
    // 50 + 100 + 200 + 400 + 800 ms, then a second each.
    await clock.advance(1_550 + 10_000);
    expect(registry.calls.publish).toBe(1 + 5 + 10);
    stopping.abort();
    expect(await outcome).toBeNull();
  });

  test('an error that no retry can help is thrown', async () => {
    const registry = new MemoryModelRegistry();
    const publication = nextPublication(EMPTY_STATE, await takeLease(registry));
    registry.publish = async () => {
      throw new AlderError('tree-too-large', 'it is');
    };
    const { signal } = new AbortController();
    await expect(
      publishUntilKnown(registry, publication, new ManualClock(), silentLog, signal),
    ).rejects.toMatchObject({ code: 'tree-too-large' });
  });
});

describe('the publishing of a trainer', () => {
  test('a version whose replies are lost is stored once, and its rows count once', async () => {
    await withManualTrainer(
      { settings: { batchRows: 2 }, before: async (_, registry) => loseReplies(registry, 3) },
      async ({ clock, log, records, warnings }) => {
        await log.append(0, rowMessages(2));
        await clock.advance(2_000);
        await log.append(0, rowMessages(2));
        await clock.advance(2_000);
        expect(warnings).toEqual(['publish-unknown', 'publish-unknown', 'publish-unknown']);
        expect((await records()).map(({ version, lineage }) => [version, lineage[0]!.accepted])).toEqual([
          [1, 2],
          [2, 4],
        ]);
      },
    );
  });

  test('the next tree is fitted while a version is on its way, and published only after it', async () => {
    let fits = 0;
    const beforeFit = async () => void fits++;
    let letThrough: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      letThrough = resolve;
    });
    const before = async (_: unknown, registry: MemoryModelRegistry) => {
      const publish = registry.publish.bind(registry);
      registry.publish = async (publication) => {
        if (publication.version === 1) await held;
        return publish(publication);
      };
    };
    const settings = { batchRows: 2, batchRowsMax: 2 };
    await withManualTrainer({ settings, before, beforeFit }, async ({ clock, log, records }) => {
      await log.append(0, rowMessages(2));
      await log.append(0, rowMessages(4));
      await clock.advance(0);
      // The first version is being published, so the second cut is fitted and the third one waits.
      expect([fits, (await records()).length]).toEqual([2, 0]);
      letThrough();
      await clock.advance(0);
      const versions = await records();
      expect(versions.map(({ lineage }) => lineage[0]!.accepted)).toEqual([2, 4, 6]);
      expect(versions.map(({ parent }) => parent?.recordDigest)).toEqual([
        undefined,
        ...versions.slice(0, -1).map(({ recordDigest }) => recordDigest),
      ]);
    });
  });

  test('a trainer without the lease publishes nothing, and the rows are in the version of the next term', async () => {
    let fits = 0;
    const beforeFit = async (registry: MemoryModelRegistry) => {
      if (fits++ === 0) await registry.takeLease((await registry.loadState()).lease, 'thief');
    };
    const settings = { batchRows: 2, leaseMs: 1_000 };
    await withManualTrainer({ settings, beforeFit }, async ({ clock, log, records, warnings }) => {
      await log.append(0, rowMessages(2));
      await clock.advance(0);
      expect(await records()).toEqual([]);
      expect(warnings).toContain('fenced');
      // The thief never renews the lease.
      await clock.advance(2_000);
      expect((await records()).map(({ trainer, lineage }) => [trainer.epoch, lineage[0]!.accepted])).toEqual([
        [3, 2],
      ]);
    });
  });

  test('a tree is judged again when a person moves the champion before its publish', async () => {
    let fits = 0;
    const beforeFit = async (registry: MemoryModelRegistry) => {
      if (++fits === 3) await moveChampion(registry, 1, false);
    };
    await withManualTrainer({ settings: { batchRows: 2 }, beforeFit }, async ({ clock, log, records }) => {
      for (let i = 0; i < 3; i++) {
        await log.append(0, rowMessages(2));
        await clock.advance(0);
      }
      expect(fits).toBe(3);
      expect((await records()).map(({ champion }) => champion?.version ?? null)).toEqual([null, 1, 1]);
    });
  });

  test('a champion that a person has pinned stays until it is released', async () => {
    await withManualTrainer({ settings: { batchRows: 2 } }, async ({ clock, log, records, registry }) => {
      const publish = async () => {
        await log.append(0, rowMessages(2));
        await clock.advance(0);
      };
      await publish();
      await moveChampion(registry, 1, true);
      await publish();
      await publish();
      expect((await registry.loadState()).aliases[CHAMPION]).toMatchObject({ version: 1, held: true });
      await moveChampion(registry, 1, false);
      await publish();
      expect((await records()).map(({ promotion }) => promotion.reason)).toEqual([
        'first',
        'held',
        'held',
        'not-worse',
      ]);
      expect((await registry.loadState()).aliases[CHAMPION]!.version).toBe(4);
    });
  });
});

test('a trainer that slept past its lease appends no rejected row', async () => {
  await withManualTrainer({}, async ({ clock, log, registry }) => {
    await registry.takeLease((await registry.loadState()).lease, 'trainer-b');
    clock.jump(60_000);
    await log.append(0, [{ value: 'not a row' }]);
    await clock.advance(0);
    expect(log.rejected).toEqual([]);
  });
});

test.each([
  ['its successor holds the lease', true],
  ['the lease is still its own', false],
])('rows that are gone behind the position of a trainer, and %s', async (_, isSucceeded) => {
  let isGone = false;
  const through = (log: MemoryRowLog) =>
    readThrough(log, async function* (round) {
      if (isGone && round.blocks.length > 0) throw new AlderError('log-range-gone', 'retention was here');
      yield round;
    });
  await withManualTrainer({ through }, async ({ clock, log, registry, warnings, ended }) => {
    if (isSucceeded) {
      await registry.takeLease((await registry.loadState()).lease, 'trainer-b');
      clock.jump(60_000);
    }
    isGone = true;
    await log.append(0, rowMessages(1));
    await clock.advance(0);
    if (isSucceeded) expect(warnings).toEqual(['fenced']);
    else await expect(ended).rejects.toMatchObject({ code: 'log-range-gone' });
  });
});

async function moveChampion(registry: MemoryModelRegistry, version: number, held: boolean): Promise<void> {
  const { revision } = (await registry.loadState()).aliases[CHAMPION]!;
  const move = { alias: CHAMPION, version, expectedRevision: revision, held };
  await registry.moveAlias({ ...move, reason: 'by hand', actor: 'anna', at: PUBLISHED_AT });
}

/** Loses the replies of the next publishes, which succeed. Gives the publications. */
function loseReplies(registry: MemoryModelRegistry, count: number): Publication[] {
  const publish = registry.publish.bind(registry);
  const sent: Publication[] = [];
  registry.publish = async (publication) => {
    sent.push(publication);
    const outcome = await publish(publication);
    if (sent.length <= count) throw new AlderError('registry-unavailable', 'reply lost');
    return outcome;
  };
  return sent;
}
