import type { Registry } from 'prom-client';
import { type Answer, jsonAnswer } from './answer';

/** Alive means that the event loop still answers; anything more would restart a process for its neighbour's fault. */
export function liveness(): Answer {
  return jsonAnswer(200, { live: true });
}

/** What Prometheus scrapes. */
export async function metricsAnswer(metrics: Registry): Promise<Answer> {
  return { status: 200, headers: { 'content-type': metrics.contentType }, body: await metrics.metrics() };
}
