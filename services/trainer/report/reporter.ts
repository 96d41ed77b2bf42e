import {
  REPORTED_FEATURES_MAX,
  REPORTED_PARTITIONS_MAX,
  REPORTED_REJECTED_MAX,
  TRAINER_REPORT_FORMAT,
  type TrainerReport,
} from '../../../shared/api/trainer-report';
import { REPORT_BYTES_MAX } from '../../../shared/model-registry/registry-rules';
import type { RejectedRow } from '../../../shared/row-log/row-log';
import type { PausedPartition } from '../guard/breaker/breaker';
import type { Intake } from '../read/intake';
import type { TrainerContext } from '../term/trainer-context';
import { FeatureRanges } from './feature-ranges';
import { LogEnds } from './log-ends';

/** A beat may follow another at once: then nothing new is said, and a rate over a few milliseconds would say nothing. */
const REPORT_MS_MIN = 500;

/** Rows that were read up to a moment of the monotonic clock. */
interface RowsAt {
  readonly accepted: number;
  readonly rejected: number;
  readonly atMs: number;
}

/**
 * Makes the report that goes with each beat of the lease: what this trainer has read, what waits, what was rejected.
 * It looks at counters and asks nobody, so that a beat is never late for it.
 */
export class Reporter {
  private readonly ends: LogEnds;
  private ranges: FeatureRanges;
  private intake: Intake | null = null;
  private paused: readonly PausedPartition[] = [];
  private rows = { accepted: 0, rejected: 0 };
  private reported: RowsAt;
  private readonly reasons = new Map<string, number>();
  private newestRejected: TrainerReport['rejected']['newest'] = [];

  constructor(private readonly context: TrainerContext) {
    const { rowLog, clock, schema } = context;
    this.ends = new LogEnds(rowLog, clock);
    this.ranges = new FeatureRanges(schema.features.length);
    this.reported = { ...this.rows, atMs: clock.monotonicMs() };
  }

  /** The context of a term that this reporter watches; every event still goes where it went. */
  told(context: TrainerContext): TrainerContext {
    const { events } = context;
    return {
      ...context,
      events: {
        ...events,
        onIntake: (intake) => {
          this.begin(intake);
          events.onIntake?.(intake);
        },
        onRead: (accepted, rejected) => {
          this.rows = { accepted: this.rows.accepted + accepted, rejected: this.rows.rejected + rejected };
          events.onRead?.(accepted, rejected);
        },
        onRejected: (rows) => {
          this.addRejected(rows);
          events.onRejected?.(rows);
        },
        onPaused: (paused) => {
          this.paused = paused;
          events.onPaused?.(paused);
        },
      },
    };
  }

  /** The report as text; '' when there is nothing to say yet, nothing new, or too much to say. */
  text(): string {
    const sinceMs = this.context.clock.monotonicMs() - this.reported.atMs;
    if (this.intake === null || sinceMs < REPORT_MS_MIN) return '';
    this.ends.ask();
    if (this.context.schema.features.length <= REPORTED_FEATURES_MAX)
      this.ranges.look(this.intake.partitions.map(({ store }) => store));
    const report = this.compose(this.intake);
    for (const each of [report, { ...report, features: [] }]) {
      const text = JSON.stringify(each satisfies TrainerReport);
      if (Buffer.byteLength(text) <= REPORT_BYTES_MAX) return text;
    }
    return '';
  }

  /** The term is over: its window is not held any longer, and there is nothing to say until the next one. */
  end(): void {
    this.intake = null;
  }

  private begin(intake: Intake): void {
    this.intake = intake;
    this.rows = { accepted: 0, rejected: 0 };
    this.reported = { ...this.rows, atMs: this.context.clock.monotonicMs() };
    this.paused = [];
    this.reasons.clear();
    this.newestRejected = [];
    this.ranges = new FeatureRanges(this.context.schema.features.length);
  }

  private addRejected(rows: readonly RejectedRow[]): void {
    for (const { reason } of rows) this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + 1);
    const newest = rows.slice(-REPORTED_REJECTED_MAX).reverse();
    this.newestRejected = [
      ...newest.map(({ partition, offset, line, reason }) => ({
        partition,
        offset: String(offset),
        line,
        reason,
      })),
      ...this.newestRejected,
    ].slice(0, REPORTED_REJECTED_MAX);
  }

  private compose(intake: Intake): TrainerReport {
    const { rowLog, settings, trainerId, codeVersion } = this.context;
    const { kind, topic } = rowLog.identity;
    const { batchRows, batchWaitMs, windowRows } = settings;
    return {
      format: TRAINER_REPORT_FORMAT,
      trainer: { id: trainerId, code: codeVersion },
      log: { kind, topic },
      rows: this.rows,
      perSecond: { ...this.readPerSecond(), appendedMessages: this.ends.appendedPerSecond() },
      lagMessages: this.ends.lag(intake.partitions.map(({ position }) => position)),
      refit: { pendingRows: intake.pendingRows, batchRows, batchWaitMs, windowRows },
      paused: this.paused.slice(0, REPORTED_PARTITIONS_MAX).map(({ position, ...paused }) => ({
        ...paused,
        position: String(position),
      })),
      rejected: { reasons: Object.fromEntries(this.reasons), newest: this.newestRejected },
      features: this.features(),
    };
  }

  private readPerSecond(): { readonly accepted: number; readonly rejected: number } {
    const now: RowsAt = { ...this.rows, atMs: this.context.clock.monotonicMs() };
    const { reported } = this;
    const seconds = (now.atMs - reported.atMs) / 1_000;
    this.reported = now;
    return {
      accepted: (now.accepted - reported.accepted) / seconds,
      rejected: (now.rejected - reported.rejected) / seconds,
    };
  }

  private features(): TrainerReport['features'] {
    const { features } = this.context.schema;
    if (features.length > REPORTED_FEATURES_MAX) return [];
    const { min, max } = this.ranges;
    return features.map(({ name, unit }, f) => ({
      name,
      unit: unit ?? null,
      // Infinite until the first row.
      min: Number.isFinite(min[f]) ? min[f]! : null,
      max: Number.isFinite(max[f]) ? max[f]! : null,
    }));
  }
}
