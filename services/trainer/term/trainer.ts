import { isAlderError } from '../../../shared/errors';
import { CallsUntilStop } from '../../../shared/row-log/calls-until-stop';
import { runTogether } from '../../../shared/runtime/tasks';
import { LeaseKeeper } from '../lease/lease-keeper';
import { Reporter } from '../report/reporter';
import { OffsetMirrorer } from '../versions/offset-mirrorer';
import { trainTerm } from './term';
import type { TrainerContext } from './trainer-context';

const RETRY_PAUSE_MS = 500;

/**
 * Trains until the signal aborts: stands by for the lease, resumes from the newest record, then reads, cuts, fits and
 * publishes while it holds the lease. Throws errors that no retry can help, such as `log-replaced`.
 */
export async function runTrainer(context: TrainerContext, signal: AbortSignal): Promise<void> {
  const { registry, settings, trainerId, clock, log, events } = context;
  const reporter = new Reporter(context, events);
  const lease = new LeaseKeeper({
    registry,
    holder: trainerId,
    leaseMs: settings.leaseMs,
    clock,
    log,
    report: () => reporter.text(),
  });
  const calls = new CallsUntilStop(signal, clock);
  const mirror = context.mirror === null ? null : calls.mirror(context.mirror);
  const mirrorer = new OffsetMirrorer(mirror, registry.registryId, clock, log);
  try {
    while (!signal.aborted) {
      events.emit('standby');
      if (!(await lease.acquire(signal))) break;
      try {
        await runTogether(
          [
            async (term) => {
              if (!(await lease.keep(term)))
                log.warn('fenced', 'the lease went to another trainer; standing by');
            },
            (term) => trainTerm(context, { lease, mirrorer, reporter }, term).finally(() => reporter.end()),
          ],
          signal,
        );
      } catch (error) {
        if (!isAlderError(error) || !error.canRetry) throw error;
        // The stop itself made the calls in flight fail.
        if (signal.aborted) break;
        const message = `training is interrupted and starts again from the newest record: ${error.message}`;
        log.warn(error.code, message, error.fields);
        await clock.sleep(RETRY_PAUSE_MS, signal);
      }
    }
  } finally {
    calls.end();
    await lease
      .release()
      .catch((error) => log.warn('lease-kept', `the lease could not be released: ${String(error)}`));
  }
}
