import { AlderError } from '../../../shared/errors';
import type { OffsetMirror } from '../../../shared/row-log/offset-mirror';
import { MemoryModelRegistry } from '../../support/memory-model-registry';
import { type ManualOptions, type ManualTrainer, rowMessages, withManualTrainer } from '../manual-trainer';

/** A mirror in memory; `text` is the metadata that the log remembers. */
interface MemoryMirror extends OffsetMirror {
  text: string | null;
  reads: number;
}

function memoryMirror(): MemoryMirror {
  const mirror: MemoryMirror = {
    text: null,
    reads: 0,
    async mirror(_, metadata) {
      mirror.text = metadata;
    },
    async read() {
      mirror.reads++;
      return mirror.text;
    },
  };
  return mirror;
}

const SETTINGS = { batchRows: 2, batchRowsMax: 2, holdoutShare: 0 };

/** Runs a trainer until it has made three versions, with the mirror that it wrote. */
async function afterThreeVersions(
  use: (first: ManualTrainer, mirror: MemoryMirror) => Promise<void>,
): Promise<void> {
  const mirror = memoryMirror();
  await withManualTrainer({ settings: SETTINGS, mirror }, async (first) => {
    await first.log.append(0, rowMessages(6));
    await first.clock.advance(1_000);
    expect(await first.records()).toHaveLength(3);
    expect(JSON.parse(mirror.text!)).toMatchObject({ version: 3, registry: first.registry.registryId });
    await use(first, mirror);
  });
}

/** Starts a trainer on this registry; gives the code of the error that ended it, or the newest version. */
async function startOn(
  first: ManualTrainer,
  registry: MemoryModelRegistry,
  mirror: OffsetMirror,
  settings: ManualOptions['settings'] = {},
): Promise<string | number> {
  let outcome: string | number = '';
  const after = { ...first, registry };
  await withManualTrainer({ settings: { ...SETTINGS, ...settings }, mirror, after }, async (trainer) => {
    // Where the registry holds the lease of the first trainer, it has to run out.
    await trainer.clock.advance(20_000);
    const stops = trainer.ended.then(
      () => 'it stopped',
      (error: AlderError) => error.code,
    );
    const goesOn = trainer.records().then((records) => records.at(-1)?.version ?? 0);
    await trainer.clock.advance(0);
    outcome = await Promise.race([stops, goesOn]);
  });
  return outcome;
}

/** The registry as it was when a version was its newest. */
function asOf(version: number, { registry }: ManualTrainer, registryId: string): MemoryModelRegistry {
  const older = new MemoryModelRegistry(registry.model, { registryId });
  for (const [number, stored] of registry.stored) if (number <= version) older.stored.set(number, stored);
  const text = registry.stored.get(version)!.recordText;
  const { recordDigest } = JSON.parse(text) as { recordDigest: string };
  older.change({ newest: { version, recordDigest } });
  return older;
}

describe('a registry that knows less than the log remembers', () => {
  test('a trainer stops on a registry that was emptied', async () => {
    await afterThreeVersions(async (first, mirror) => {
      expect(await startOn(first, new MemoryModelRegistry(), mirror)).toBe('registry-regressed');
    });
  });

  test('a trainer stops on a registry that was restored from an older state', async () => {
    await afterThreeVersions(async (first, mirror) => {
      const older = asOf(2, first, first.registry.registryId);
      expect(await startOn(first, older, mirror)).toBe('registry-regressed');
    });
  });

  test('a trainer stops on another registry that has as many versions', async () => {
    await afterThreeVersions(async (first, mirror) => {
      expect(await startOn(first, asOf(3, first, 'another'), mirror)).toBe('registry-regressed');
    });
  });

  test.each([[3], [2]])(
    'a trainer stops on a registry whose version %i is not the one that was published',
    async (version) => {
      await afterThreeVersions(async (first, mirror) => {
        mirror.text = JSON.stringify({
          registry: first.registry.registryId,
          version,
          recordDigest: 'f'.repeat(64),
        });
        const { registryId } = first.registry;
        expect(await startOn(first, asOf(3, first, registryId), mirror)).toBe('registry-regressed');
      });
    },
  );

  test('a trainer stops when the registry is emptied while it trains, though no log remembers the registry', async () => {
    await withManualTrainer({ settings: SETTINGS }, async ({ clock, log, registry, ended }) => {
      await log.append(0, rowMessages(6));
      await clock.advance(1_000);
      registry.stored.clear();
      registry.change({ lease: null, newest: null, aliases: {} });
      await clock.advance(10_000);
      await expect(ended).rejects.toMatchObject({
        code: 'registry-regressed',
        message: expect.stringMatching(/version 3 .* but the registry is empty/),
        hint: expect.stringContaining('--accept-registry'),
      });
      expect(registry.stored.size).toBe(0);
    });
  });
});

describe('a registry that the trainer accepts', () => {
  test('a trainer goes on with the registry that the log remembers, and with a newer state of it', async () => {
    await afterThreeVersions(async (first, mirror) => {
      const { registryId } = first.registry;
      expect(await startOn(first, asOf(3, first, registryId), mirror)).toBe(3);
      mirror.text = JSON.stringify({ ...JSON.parse(mirror.text!), ...refOf(first, 1) });
      expect(await startOn(first, asOf(3, first, registryId), mirror)).toBe(3);
      expect(mirror.reads).toBeGreaterThanOrEqual(3);
    });
  });

  test('a trainer goes on when the version that the log remembers is retired', async () => {
    await afterThreeVersions(async (first, mirror) => {
      const retired = asOf(3, first, first.registry.registryId);
      retired.stored.delete(1);
      mirror.text = JSON.stringify({
        registry: retired.registryId,
        version: 1,
        recordDigest: 'f'.repeat(64),
      });
      expect(await startOn(first, retired, mirror)).toBe(3);
    });
  });

  test.each([[null], [''], ['by a person'], ['{"version":9}']])(
    'a trainer goes on when the log remembers nothing, as after a reset of offsets: %j',
    async (text) => {
      await afterThreeVersions(async (first, mirror) => {
        mirror.text = text;
        expect(await startOn(first, asOf(2, first, 'another'), mirror)).toBe(3);
      });
    },
  );

  test('a trainer with acceptRegistry goes on from the registry, and the log remembers that one from then on', async () => {
    await afterThreeVersions(async (first, mirror) => {
      const emptied = new MemoryModelRegistry('decisiontree', { registryId: 'another' });
      expect(await startOn(first, emptied, mirror, { acceptRegistry: 'true' })).toBe(3);
      expect(JSON.parse(mirror.text!)).toMatchObject({ registry: 'another', version: 3 });
      expect(await startOn(first, emptied, mirror)).toBe(3);
    });
  });

  test('the record that a trainer resumes from is mirrored at the start', async () => {
    await afterThreeVersions(async (first, mirror) => {
      mirror.text = null;
      await startOn(first, asOf(3, first, first.registry.registryId), mirror);
      expect(JSON.parse(mirror.text!)).toMatchObject({ version: 3 });
    });
  });

  test('a trainer goes on after 10 s when the metadata cannot be read, and at once when no retry can help', async () => {
    await afterThreeVersions(async (first, mirror) => {
      for (const canRetry of [true, false]) {
        let reads = 0;
        const read = async () => {
          reads++;
          throw new AlderError(canRetry ? 'log-unavailable' : 'log-failed', 'no coordinator');
        };
        const registry = asOf(3, first, first.registry.registryId);
        expect(await startOn(first, registry, { ...mirror, read })).toBe(3);
        expect(reads).toBe(canRetry ? 21 : 1);
      }
    });
  });
});

function refOf({ registry }: ManualTrainer, version: number): { version: number; recordDigest: string } {
  const { recordDigest } = JSON.parse(registry.stored.get(version)!.recordText) as { recordDigest: string };
  return { version, recordDigest };
}
