import { OffsetMirrorer } from '../../../services/trainer/versions/offset-mirrorer';
import { AlderError } from '../../../shared/errors';
import type { VersionRecord } from '../../../shared/model-registry/version-record';
import { silentLog } from '../../../shared/runtime/log';
import { ManualClock } from '../../support/manual-clock';
import { irisTree, makeVersion } from '../../support/stored-versions';

function recordOf(version: number): VersionRecord {
  return makeVersion(version, irisTree()).record;
}

/** Runs a mirrorer on a mirror that fails as long as `isAway`. */
async function mirroring(
  use: (parts: {
    readonly mirrorer: OffsetMirrorer;
    readonly clock: ManualClock;
    readonly mirror: { isAway: boolean; tries: number; readonly copies: unknown[][] };
    readonly warnings: string[];
    stop(): Promise<void>;
  }) => Promise<void>,
): Promise<void> {
  const clock = new ManualClock();
  const warnings: string[] = [];
  const mirror = {
    isAway: false,
    tries: 0,
    copies: [] as unknown[][],
    async mirror(next: ReadonlyMap<number, number>, metadata: string) {
      mirror.tries++;
      if (mirror.isAway) throw new AlderError('log-unavailable', 'away');
      mirror.copies.push([...next, JSON.parse(metadata)]);
    },
    read: async () => null,
  };
  const log = { ...silentLog, warn: (code: string) => void warnings.push(code) };
  const mirrorer = new OffsetMirrorer(mirror, 'registry-1', clock, log);
  const stopping = new AbortController();
  const running = mirrorer.keepUp(stopping.signal);
  const stop = async () => {
    stopping.abort();
    await running;
  };
  try {
    await use({ mirrorer, clock, mirror, warnings, stop });
  } finally {
    await stop();
  }
}

test("a copy has every partition's next offset, and names registry, version and record", async () => {
  await mirroring(async ({ mirrorer, clock, mirror }) => {
    const record = recordOf(3);
    mirrorer.offer(record);
    await clock.advance(20);
    const metadata = { registry: 'registry-1', version: 3, recordDigest: record.recordDigest };
    expect(mirror.copies).toEqual([[[0, 30], metadata]]);
  });
});

test('a failed copy is retried every second, reported once, and made once the log is back', async () => {
  await mirroring(async ({ mirrorer, clock, mirror, warnings }) => {
    mirror.isAway = true;
    mirrorer.offer(recordOf(1));
    await clock.advance(5_020);
    expect(mirror.tries).toBe(6);
    expect(warnings).toEqual(['mirror-failed']);
    mirror.isAway = false;
    await clock.advance(1_000);
    expect(mirror.copies).toHaveLength(1);
    await clock.advance(600_000);
    expect(mirror.copies).toHaveLength(1);
  });
});

test('only the newest of several waiting records is copied', async () => {
  await mirroring(async ({ mirrorer, clock, mirror }) => {
    mirror.isAway = true;
    for (const version of [1, 2, 3]) mirrorer.offer(recordOf(version));
    await clock.advance(20);
    mirror.isAway = false;
    await clock.advance(1_000);
    expect(mirror.copies.map(([next]) => next)).toEqual([[0, 30]]);
  });
});

test('copies are 250 ms apart, and the newest record offered in between goes with the next', async () => {
  await mirroring(async ({ mirrorer, clock, mirror }) => {
    mirrorer.offer(recordOf(1));
    await clock.advance(20);
    mirrorer.offer(recordOf(2));
    await clock.advance(100);
    mirrorer.offer(recordOf(3));
    await clock.advance(149);
    expect(mirror.copies.map(([next]) => next)).toEqual([[0, 10]]);
    await clock.advance(1);
    expect(mirror.copies.map(([next]) => next)).toEqual([
      [0, 10],
      [0, 30],
    ]);
  });
});

test('a copy lets the servers fetch the version first, for 20 ms', async () => {
  await mirroring(async ({ mirrorer, clock, mirror }) => {
    mirrorer.offer(recordOf(1));
    await clock.advance(19);
    expect(mirror.tries).toBe(0);
    await clock.advance(1);
    expect(mirror.copies).toHaveLength(1);
  });
});

test('a record that waits at a stop is tried once more, and never delays the stop', async () => {
  await mirroring(async ({ mirrorer, clock, mirror, stop }) => {
    await clock.advance(0);
    mirrorer.offer(recordOf(2));
    await stop();
    expect(mirror.copies.map(([next]) => next)).toEqual([[0, 20]]);
  });
  await mirroring(async ({ mirrorer, mirror, stop }) => {
    mirror.isAway = true;
    mirrorer.offer(recordOf(2));
    await stop();
    expect(mirror.copies).toEqual([]);
  });
});
