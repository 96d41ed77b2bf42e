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

/** A keeper that holds the lease; nobody moves its beat. */
async function holding(holder: string): Promise<LeaseKeeper> {
  const held = keeper(holder);
  expect(await held.acquire(stopping.signal)).toBe(true);
  return held;
}

/** Begins to stand by; `isHeld` tells whether it has taken over. */
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
  test('one that was never taken, and one that was given up, is taken at once', async () => {
    const first = await holding('a');
    expect(first.lease).toEqual({ epoch: 1, holder: 'a', beat: 0 });
    await first.release();
    expect((await holding('b')).lease).toEqual({ epoch: 2, holder: 'b', beat: 0 });
  });

  test('a silent one is taken after exactly leaseMs, with the next epoch', async () => {
    await holding('a');
    const other = standingBy('b');
    await clock.advance(LEASE_MS - 1);
    expect(other.isHeld()).toBe(false);
    await clock.advance(1);
    expect(other.isHeld()).toBe(true);
    expect(other.keeper.lease).toEqual({ epoch: 2, holder: 'b', beat: 0 });
  });

  test('each beat that is seen begins the wait anew', async () => {
    await holding('a');
    const other = standingBy('b');
    await clock.advance(LEASE_MS - 100);
    await beat();
    // The beat is seen at the next look, 100 ms later.
    await clock.advance(100 + LEASE_MS - 1);
    expect(other.isHeld()).toBe(false);
    await clock.advance(1);
    expect(other.isHeld()).toBe(true);
  });

  test('of two that wait one takes it, and the other waits for that one', async () => {
    await holding('a');
    const others = [standingBy('b'), standingBy('c')];
    await clock.advance(LEASE_MS);
    expect(others.filter(({ isHeld }) => isHeld())).toHaveLength(1);
    expect((await registry.loadState()).lease!.epoch).toBe(2);
  });

  test('one whose taking lost its reply is recognised as our own', async () => {
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

  test('a beat that could not be looked for was not missed', async () => {
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

  test('standing by outlasts a registry that is away', async () => {
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
  test('a kept lease is never silent for leaseMs', async () => {
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

  test('keeping ends when another has taken it, and nothing is held then', async () => {
    const held = await holding('a');
    const { lease } = await registry.loadState();
    await registry.takeLease(lease, 'b');
    expect(await held.keep(stopping.signal)).toBe(false);
    expect(held.lease).toBeNull();
    expect(await held.confirm()).toBe(false);
  });

  test('giving up a lease that another has taken leaves it alone', async () => {
    const held = await holding('a');
    await registry.takeLease((await registry.loadState()).lease, 'b');
    await held.release();
    expect((await registry.loadState()).lease).toMatchObject({ epoch: 2, holder: 'b' });
  });
});

describe('before a write that nobody fences', () => {
  test('a beat younger than half of leaseMs is enough', async () => {
    const held = await holding('a');
    await clock.advance(LEASE_MS / 2 - 1);
    expect(await held.confirm()).toBe(true);
    expect(registry.calls.renewLease).toBeUndefined();
  });

  test('after a long pause the registry is asked: still ours', async () => {
    const held = await holding('a');
    clock.jump(3_600_000);
    expect(await held.confirm()).toBe(true);
    expect(registry.calls.renewLease).toBe(1);
  });

  test('after a long pause the registry is asked: another has it', async () => {
    const held = await holding('a');
    const other = standingBy('b');
    await clock.advance(LEASE_MS);
    expect(other.isHeld()).toBe(true);
    expect(await held.confirm()).toBe(false);
  });

  test('after a long pause, with the registry away, nothing is known and nothing is written', async () => {
    const held = await holding('a');
    clock.jump(3_600_000);
    registry.isAway = true;
    await expect(held.confirm()).rejects.toMatchObject({ code: 'registry-unavailable' });
  });
});

/** The next renewal happens, but its reply does not come. */
function loseNextReply(): void {
  const renewLease = registry.renewLease.bind(registry);
  registry.renewLease = async (held) => {
    registry.renewLease = renewLease;
    await renewLease(held);
    throw new AlderError('registry-unavailable', 'the reply was lost');
  };
}

describe('what the holder says of itself', () => {
  test('goes with each beat', async () => {
    const held = keeper('a', () => `at ${clock.monotonicMs()}`);
    await held.acquire(stopping.signal);
    running.push(held.keep(stopping.signal));
    await clock.advance(LEASE_MS);
    expect(await registry.loadReport()).toBe(`at ${LEASE_MS}`);
  });

  test('costs no beat when it cannot be made', async () => {
    const held = keeper('a', () => {
      throw new Error('no figures');
    });
    await held.acquire(stopping.signal);
    clock.jump(3_600_000);
    expect(await held.confirm()).toBe(true);
    expect(await registry.loadReport()).toBeNull();
  });
});
