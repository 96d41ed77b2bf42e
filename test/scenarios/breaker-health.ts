import { APPEND_MESSAGES_MAX } from '../../shared/row-log/bounds';
import type { RowLog } from '../../shared/row-log/row-log';
import { type AlderProcess, eventually } from '../support/alder-process';
import { readWholeLog, type ScenarioPlace } from '../support/scenario-places';

export const GOOD = '{"data":[5.1,3.5,1.4,0.2],"label":"setosa"}';
export const BAD = '{"data":[5.1,3.5,1.4],"label":"setosa"}';

/** The answer of a trainer's /readyz. */
export interface Health {
  readonly status: number;
  readonly ready: boolean;
  readonly code?: string;
  readonly paused?: readonly { readonly partition: number; readonly position: number }[];
}

export async function healthOf(trainer: AlderProcess): Promise<Health> {
  const answer = await fetch(`${healthUrl(trainer)}/readyz`);
  return { status: answer.status, ...((await answer.json()) as Omit<Health, 'status'>) };
}

export async function pausedMetric(trainer: AlderProcess): Promise<string | undefined> {
  const text = await (await fetch(`${healthUrl(trainer)}/metrics`)).text();
  return /^alder_partitions_paused (\d+)$/m.exec(text)?.[1];
}

export async function untilPaused(trainer: AlderProcess): Promise<Health> {
  await trainer.line(/"code":"breaker-open"/);
  return eventually(
    () => healthOf(trainer),
    ({ status }) => status === 503,
  );
}

export async function appendRows(
  log: RowLog,
  partition: number,
  value: string,
  count: number,
): Promise<void> {
  for (let sent = 0; sent < count; sent += APPEND_MESSAGES_MAX) {
    const messages = Array(Math.min(APPEND_MESSAGES_MAX, count - sent)).fill({ value });
    await log.append(partition, messages);
  }
}

/** The offsets of all rejected rows, copies included. */
export async function rejectedOffsets(place: ScenarioPlace): Promise<number[]> {
  const messages = await readWholeLog(await place.rejectedLog());
  return messages.map(({ headers }) => Number(headers!['alder-offset']));
}

function healthUrl({ stderr }: AlderProcess): string {
  return /http:\/\/[^"\s]+/.exec(stderr.join('\n'))![0];
}
