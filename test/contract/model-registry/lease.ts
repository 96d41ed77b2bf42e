import { EMPTY_STATE, REPORT_BYTES_MAX } from '../../../shared/model-registry/registry-rules';
import { takeLease } from '../../support/publications';
import type { OpenedRegistry } from './opened-registry';

/** What every registry promises of the lease. */
export function leaseContract(opened: () => Promise<OpenedRegistry>): void {
  describe('the lease', () => {
    test('the first taker gets epoch 1 and beat 0', async () => {
      const { registry } = await opened();
      expect(await registry.takeLease(null, 'a')).toEqual({ epoch: 1, holder: 'a', beat: 0 });
      expect((await registry.loadState()).lease).toEqual({ epoch: 1, holder: 'a', beat: 0 });
    });

    test('a taker that saw the present lease takes it with the next epoch', async () => {
      const { registry } = await opened();
      const first = await takeLease(registry, 'a');
      const renewed = await registry.renewLease(first);
      expect(renewed).toEqual({ epoch: 1, holder: 'a', beat: 1 });
      expect(await registry.takeLease(renewed, 'b')).toEqual({ epoch: 2, holder: 'b', beat: 0 });
    });

    test('a taker that saw an older beat, another holder or no lease gets null and changes nothing', async () => {
      const { registry } = await opened();
      const first = await takeLease(registry, 'a');
      const renewed = await registry.renewLease(first);
      expect(await registry.takeLease(first, 'b')).toBeNull();
      expect(await registry.takeLease(null, 'b')).toBeNull();
      expect(await registry.takeLease({ epoch: 1, holder: 'c', beat: 1 }, 'b')).toBeNull();
      expect(await registry.takeLease({ epoch: 2, holder: 'a', beat: 1 }, 'b')).toBeNull();
      expect((await registry.loadState()).lease).toEqual(renewed);
    });

    test('a lease that was never taken cannot be taken over', async () => {
      const { registry } = await opened();
      expect(await registry.takeLease({ epoch: 1, holder: 'a', beat: 0 }, 'b')).toBeNull();
      expect(await registry.loadState()).toEqual(EMPTY_STATE);
    });

    test('exactly one of several simultaneous takers gets the lease', async () => {
      const { registry, reopen } = await opened();
      const other = await reopen();
      for (let epoch = 1; epoch <= 3; epoch++) {
        const seen = (await registry.loadState()).lease;
        const takers = [registry, other, registry, other];
        const taken = await Promise.all(takers.map((taker, i) => taker.takeLease(seen, `taker-${i}`)));
        const winners = taken.filter((lease) => lease !== null);
        expect(winners).toHaveLength(1);
        expect(winners[0]?.epoch).toBe(epoch);
        expect((await other.loadState()).lease).toEqual(winners[0]);
      }
    });

    test('a second renewal of the same beat gets null', async () => {
      const { registry } = await opened();
      const lease = await takeLease(registry);
      expect(await registry.renewLease(lease)).toEqual({ ...lease, beat: 1 });
      expect(await registry.renewLease(lease)).toBeNull();
      expect((await registry.loadState()).lease?.beat).toBe(1);
    });

    test('a holder whose lease was taken cannot renew it', async () => {
      const { registry } = await opened();
      const lost = await takeLease(registry, 'a');
      const held = await registry.takeLease(lost, 'b');
      expect(await registry.renewLease(lost)).toBeNull();
      expect((await registry.loadState()).lease).toEqual(held);
    });

    test('a released lease keeps its epoch, has no holder, and can be taken at once', async () => {
      const { registry } = await opened();
      const lease = await takeLease(registry, 'a');
      await registry.renewLease(lease);
      await registry.releaseLease(lease);
      const released = (await registry.loadState()).lease;
      expect(released).toMatchObject({ epoch: 1, holder: '' });
      expect(await registry.renewLease(lease)).toBeNull();
      expect(await registry.takeLease(released, 'b')).toEqual({ epoch: 2, holder: 'b', beat: 0 });
    });

    test('releasing the lease of another holder does nothing', async () => {
      const { registry } = await opened();
      const lost = await takeLease(registry, 'a');
      const held = await registry.takeLease(lost, 'b');
      await registry.releaseLease(lost);
      expect((await registry.loadState()).lease).toEqual(held);
    });

    test('a report comes with a heartbeat, replaces the report before, and outlives the lease', async () => {
      const { registry, reopen } = await opened();
      expect(await registry.loadReport()).toBeNull();
      const first = await takeLease(registry, 'a');
      const second = await registry.renewLease(first, '{"rows":1}');
      const third = await registry.renewLease(second!, '{"rows":2,"note":"größer"}');
      await registry.renewLease(third!);
      await registry.releaseLease(third!);
      expect(await (await reopen()).loadReport()).toBe('{"rows":2,"note":"größer"}');
    });

    test('a trainer without the lease leaves no report', async () => {
      const { registry } = await opened();
      const lost = await takeLease(registry, 'a');
      const held = await registry.takeLease(lost, 'b');
      await registry.renewLease(held!, 'of b');
      expect(await registry.renewLease(lost, 'of a')).toBeNull();
      expect(await registry.loadReport()).toBe('of b');
    });

    test('a report above its bound is refused, and the lease stays as it was', async () => {
      const { registry } = await opened();
      const lease = await takeLease(registry);
      await expect(registry.renewLease(lease, 'ü'.repeat(REPORT_BYTES_MAX))).rejects.toThrow('bound');
      expect((await registry.loadState()).lease).toEqual(lease);
      expect(await registry.renewLease(lease, 'x'.repeat(REPORT_BYTES_MAX))).not.toBeNull();
    });
  });
}
