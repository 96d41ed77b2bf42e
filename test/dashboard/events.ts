import {
  type PipelineEvent,
  pipelineEvent,
  type VersionSummary,
  versionSummary,
} from '../../shared/api/events';
import { type TrainerReport, trainerReport } from '../../shared/api/trainer-report';

/** Events as the server sends them, with some fields changed. Each is checked against its schema. */
export function reportOf(changes: Partial<TrainerReport> = {}): TrainerReport {
  return trainerReport.parse({
    format: 'alder-trainer/1',
    trainer: { id: 'trainer-a', code: 'test' },
    log: { kind: 'kafka', topic: 'alder-rows' },
    rows: { accepted: 100, rejected: 0 },
    perSecond: { accepted: 25, rejected: 0, appendedMessages: 25 },
    lagMessages: 0,
    refit: { pendingRows: 5, batchRows: 10, batchWaitMs: 1_000, windowRows: 2_000 },
    paused: [],
    rejected: { reasons: {}, newest: [] },
    features: [],
    ...changes,
  });
}

export function pipelineOf(changes: Partial<PipelineEvent> = {}): PipelineEvent {
  return pipelineEvent.parse({
    model: 'decisiontree',
    at: '2026-01-01T00:00:00.000Z',
    message: 'Your tree is growing well.',
    registry: { isReachable: true, stalenessMs: 10 },
    trainer: { state: 'active', silentMs: 10, report: reportOf() },
    serving: { processes: 1, requestsPerSecond: 0, p99Ms: null, requests: 0, pages: 1 },
    latest: 3,
    previousChampion: 2,
    aliases: { champion: { version: 3, revision: 3, held: false } },
    ...changes,
  });
}

export function versionOf(version: number, changes: Partial<VersionSummary> = {}): VersionSummary {
  return versionSummary.parse({
    version,
    createdAt: '2026-01-01T00:00:00.000Z',
    newestRowAt: null,
    promoted: true,
    reason: 'not-worse',
    champion: version === 1 ? null : version - 1,
    isImported: false,
    rows: { window: 10, fitted: 8, heldOut: 2, rejected: 0 },
    batch: version === 1 ? null : { rows: 10, hits: 9 },
    prequential: { rows: 10 * (version - 1), hits: 9 * (version - 1) },
    holdout: { rows: 2, candidate: 2, champion: null },
    tree: { digest: 'a'.repeat(64), leaves: 3, depth: 2 },
    recordDigest: String(version).padStart(64, '0'),
    lineage: [{ partition: 0, windowFrom: '0', batchFrom: '0', next: '10' }],
    ...changes,
  });
}
