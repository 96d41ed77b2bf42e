import { LeaseKeeper } from '../../../services/trainer/lease/lease-keeper';
import { AlderError } from '../../../shared/errors';
import { silentLog } from '../../../shared/runtime/log';
import { ManualClock } from '../../support/manual-clock';
import { MemoryModelRegistry } from '../../support/memory-model-registry';

const LEASE_MS = 1_000;

let clock: ManualClock;
let registry: MemoryModelRegistry;
let stopping: AbortController;
let running: Promise<unknown>[];

beforeEach(() => {
  clock = new ManualClock();
  registry = new MemoryModelRegistry();
  stopping = new AbortController();
  running = [];
});

afterEach(async () => {
  stopping.abort();
  await Promise.allSettled(running);
});

function keeper(holder: string, report = (): string => ''): LeaseKeeper {
  return new LeaseKeeper({ registry, holder, leaseMs: LEASE_MS, clock, log: silentLog, report });
}

/** A keeper that holds the lease and does not renew it. */
async function holding(holder: string): Promise<LeaseKeeper> {
  const held = keeper(holder);
  expect(await held.acquire(stopping.signal)).toBe(true);
  return held;
}

/** Starts a standby; `isHeld` is true once it holds the lease. */
function standingBy(holder: string): { readonly keeper: LeaseKeeper; readonly isHeld: () => boolean } {
  const waiting = keeper(holder);
  let isHeld = false;
  running.push(
    waiting.acquire(stopping.signal).then((acquired) => {
      isHeld = acquired;
    }),
  );
  return { keeper: waiting, isHeld: () => isHeld };
}

async function beat(): Promise<void> {
  const { lease } = await registry.loadState();
  await registry.renewLease(lease!);
}

describe('taking the lease', () => {
  test('a lease that was never taken or was released is taken at once', async () => {
    const first = await holding('a');
    expect(first.lease).toEqual({ epoch: 1, holder: 'a', beat: 0 });
    await first.release();
    expect((await holding('b')).lease).toEqual({ epoch: 2, holder: 'b', beat: 0 });
  });

  test('a silent lease is taken after exactly leaseMs, with the next epoch', async () => {
    await holding('a');
    const other = standingBy('b');
    await clock.advance(LEASE_MS - 1);
    expect(other.isHeld()).toBe(false);
    await clock.advance(1);
    expect(other.isHeld()).toBe(true);
    expect(other.keeper.lease).toEqual({ epoch: 2, holder: 'b', beat: 0 });
  });

  test('each observed heartbeat restarts the wait of a standby', async () => {
    await holding('a');
    const other = standingBy('b');
    await clock.advance(LEASE_MS - 100);
    await beat();
    // A standby reads the heartbeat every 100 ms.
    await clock.advance(100 + LEASE_MS - 1);
    expect(other.isHeld()).toBe(false);
    await clock.advance(1);
    expect(other.isHeld()).toBe(true);
  });

  test('only one of two standbys takes the lease, and the other waits for that one', async () => {
    await holding('a');
    const others = [standingBy('b'), standingBy('c')];
    await clock.advance(LEASE_MS);
    expect(others.filter(({ isHeld }) => isHeld())).toHaveLength(1);
    expect((await registry.loadState()).lease!.epoch).toBe(2);
  });

  test('a taken lease is recognised as our own when the reply was lost', async () => {
    const take = registry.takeLease.bind(registry);
    jest.spyOn(registry, 'takeLease').mockImplementationOnce(async (seen, holder) => {
      await take(seen, holder);
      throw new AlderError('registry-unavailable', 'the reply was lost');
    });
    const taking = standingBy('a');
    await clock.advance(LEASE_MS / 2);
    expect(taking.isHeld()).toBe(true);
    expect(taking.keeper.lease).toEqual({ epoch: 1, holder: 'a', beat: 0 });
  });

  test('a heartbeat that could not be read was not missed', async () => {
    const held = await holding('a');
    const other = standingBy('b');
    await clock.advance(LEASE_MS / 2);
    const away = new AlderError('registry-unavailable', 'away');
    const looking = jest.spyOn(registry, 'loadState').mockRejectedValue(away);
    await clock.advance(LEASE_MS * 2);
    looking.mockRestore();
    await clock.advance(LEASE_MS / 2);
    expect(other.isHeld()).toBe(false);
    expect((await registry.loadState()).lease).toEqual(held.lease);
  });

  test('a standby outlasts a registry that is away', async () => {
    registry.isAway = true;
    const other = standingBy('b');
    await clock.advance(10 * LEASE_MS);
    expect(other.isHeld()).toBe(false);
    registry.isAway = false;
    await clock.advance(LEASE_MS);
    expect(other.isHeld()).toBe(true);
  });
});

describe('keeping the lease', () => {
  test('a renewed lease is never silent for leaseMs', async () => {
    const held = await holding('a');
    const other = standingBy('b');
    running.push(held.keep(stopping.signal));
    await clock.advance(20 * LEASE_MS);
    expect(other.isHeld()).toBe(false);
    expect(held.lease).toMatchObject({ epoch: 1, holder: 'a' });
  });

  test('a renewal whose reply was lost is recognised as our own', async () => {
    const held = await holding('a');
    loseNextReply();
    const kept = held.keep(stopping.signal);
    running.push(kept);
    await clock.advance(LEASE_MS);
    expect(held.lease).toMatchObject({ epoch: 1, holder: 'a' });
    expect((await registry.loadState()).lease!.beat).toBeGreaterThan(1);
    stopping.abort();
    expect(await kept).toBe(true);
  });

  test('the renewing ends when another has taken the lease, and the trainer holds none then', async () => {
    const held = await holding('a');
    const { lease } = await registry.loadState();
    await registry.takeLease(lease, 'b');
    expect(await held.keep(stopping.signal)).toBe(false);
    expect(held.lease).toBeNull();
    expect(await held.confirm()).toBe(false);
  });

  test('the release of a lease that another has taken changes nothing', async () => {
    const held = await holding('a');
    await registry.takeLease((await registry.loadState()).lease, 'b');
    await held.release();
    expect((await registry.loadState()).lease).toMatchObject({ epoch: 2, holder: 'b' });
  });
});

describe('the confirmation of the lease before a write that the registry cannot fence', () => {
  test('a heartbeat younger than half of leaseMs confirms the lease', async () => {
    const held = await holding('a');
    await clock.advance(LEASE_MS / 2 - 1);
    expect(await held.confirm()).toBe(true);
    expect(registry.calls.renewLease).toBeUndefined();
  });

  test('a holder that slept asks the registry, and still holds the lease', async () => {
    const held = await holding('a');
    clock.jump(3_600_000);
    expect(await held.confirm()).toBe(true);
    expect(registry.calls.renewLease).toBe(1);
  });

  test('a holder that slept asks the registry, and finds that another has taken the lease', async () => {
    const held = await holding('a');
    const other = standingBy('b');
    await clock.advance(LEASE_MS);
    expect(other.isHeld()).toBe(true);
    expect(await held.confirm()).toBe(false);
  });

  test('a holder that slept writes nothing while the registry is away', async () => {
    const held = await holding('a');
    clock.jump(3_600_000);
    registry.isAway = true;
    await expect(held.confirm()).rejects.toMatchObject({ code: 'registry-unavailable' });
  });
});

/** Loses the reply of the next renewal, which succeeds. */
function loseNextReply(): void {
  const renewLease = registry.renewLease.bind(registry);
  registry.renewLease = async (held) => {
    registry.renewLease = renewLease;
    await renewLease(held);
    throw new AlderError('registry-unavailable', 'the reply was lost');
  };
}

describe('the report of the holder', () => {
  test('a report goes with each heartbeat', async () => {
    const held = keeper('a', () => `at ${clock.monotonicMs()}`);
    await held.acquire(stopping.signal);
    running.push(held.keep(stopping.signal));
    await clock.advance(LEASE_MS);
    expect(await registry.loadReport()).toBe(`at ${LEASE_MS}`);
  });

  test('a report that fails costs no heartbeat', async () => {
    const held = keeper('a', () => {
      throw new Error('no figures');
    });
    await held.acquire(stopping.signal);
    clock.jump(3_600_000);
    expect(await held.confirm()).toBe(true);
    expect(await registry.loadReport()).toBeNull();
  });
});
