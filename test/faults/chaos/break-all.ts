import { setTimeout as pause } from 'node:timers/promises';
import type { Breakable } from './breakable';
import { faultsOf, type PlannedFault, type TargetName } from './fault-plan';
import type { Journal } from './journal';

interface FaultScript {
  readonly seed: number;
  /** No fault begins later than this. */
  readonly forMs: number;
  readonly journal: Journal;
}

/**
 * Breaks all targets, each by its own plan, and repairs them each time; resolves when the last fault is over. Throws when
 * a fault has no proof or a target does not recover. In that case no further fault begins, and current faults are
 * repaired before the throw.
 */
export async function breakAll(
  targets: ReadonlyMap<TargetName, Breakable>,
  script: FaultScript,
): Promise<void> {
  const failed = new AbortController();
  const breaking = [...targets].map(([name, target]) =>
    breakInTurn(name, target, script, failed.signal).catch((error: unknown) => {
      failed.abort();
      throw error;
    }),
  );
  const ends = await Promise.allSettled(breaking);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

async function breakInTurn(
  name: TargetName,
  target: Breakable,
  { seed, forMs, journal }: FaultScript,
  failed: AbortSignal,
): Promise<void> {
  for (const fault of faultsOf(name, seed)) {
    if (journal.elapsedMs + fault.afterMs >= forMs) return;
    await sleep(fault.afterMs, failed);
    if (failed.aborted) return;
    try {
      await breakOnce(target, fault, failed, (what, proof) => journal.happened(name, what, proof));
    } catch (cause) {
      throw new Error(`${name}, ${fault.kind} for ${fault.lastsMs} ms: ${String(cause)}`, { cause });
    }
  }
}

async function breakOnce(
  target: Breakable,
  { kind, lastsMs }: PlannedFault,
  failed: AbortSignal,
  happened: (what: string, proof: string) => void,
): Promise<void> {
  if (kind === 'restart') return happened(kind, await target.restart());
  const isKill = kind === 'kill';
  const broken = isKill ? await target.kill() : await target.freeze();
  const brokenAtMs = performance.now();
  await sleep(lastsMs, failed);
  const mended = isKill ? await target.startAgain() : await target.awake();
  happened(kind, `${broken}; ${Math.round(performance.now() - brokenAtMs)} ms later ${mended}`);
}

/** Ends early when the signal aborts. */
async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal }).catch(() => undefined);
}
