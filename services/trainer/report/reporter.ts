import {
  REPORTED_FEATURES_MAX,
  REPORTED_PARTITIONS_MAX,
  REPORTED_REJECTED_MAX,
  TRAINER_REPORT_FORMAT,
  type TrainerReport,
} from '../../../shared/api/trainer-report';
import { REPORT_BYTES_MAX } from '../../../shared/model-registry/registry-rules';
import type { Schema } from '../../../shared/row/schema';
import type { RejectedRow, RowLog } from '../../../shared/row-log/row-log';
import type { Clock } from '../../../shared/runtime/clock';
import type { Settings } from '../../../shared/settings/settings';
import type { PausedPartition } from '../read/breaker';
import type { Intake } from '../read/intake';
import { FeatureRanges } from './feature-ranges';
import { LogEnds } from './log-ends';
import type { TrainerEvents } from './trainer-events';

/** A heartbeat may follow another at once, and a rate over a few milliseconds would be noise. */
const REPORT_MS_MIN = 500;

interface ReporterParts {
  readonly rowLog: RowLog;
  readonly schema: Schema;
  readonly settings: Pick<Settings, 'batchRows' | 'batchWaitMs' | 'windowRows'>;
  readonly trainerId: string;
  readonly codeVersion: string;
  readonly clock: Clock;
}

type ReportedIntake = Pick<Intake, 'partitions' | 'pendingRows'>;

/** Rows that were read up to a moment of the monotonic clock. */
interface RowsAt {
  readonly accepted: number;
  readonly rejected: number;
  readonly atMs: number;
}

/**
 * Makes the report that goes with each heartbeat of the lease: rows that were read, pending and rejected, rates, lag and
 * feature ranges. A report waits for no call, so it never delays a heartbeat.
 */
export class Reporter {
  private readonly ends: LogEnds;
  private ranges: FeatureRanges;
  private intake: ReportedIntake | null = null;
  private paused: readonly PausedPartition[] = [];
  private rows = { accepted: 0, rejected: 0 };
  private reported: RowsAt;
  private readonly reasons = new Map<string, number>();
  private newestRejected: TrainerReport['rejected']['newest'] = [];

  constructor(
    private readonly parts: ReporterParts,
    events: Pick<TrainerEvents, 'on'>,
  ) {
    const { rowLog, clock, schema } = parts;
    this.ends = new LogEnds(rowLog, clock);
    this.ranges = new FeatureRanges(schema.features.length);
    this.reported = { ...this.rows, atMs: clock.monotonicMs() };
    events.on('read', (accepted, rejected) => {
      this.rows = { accepted: this.rows.accepted + accepted, rejected: this.rows.rejected + rejected };
    });
    events.on('rejected', (rows) => this.addRejected(rows));
    events.on('paused', (partitions) => {
      this.paused = partitions;
    });
  }

  /** Starts the counts of a new term. */
  begin(intake: ReportedIntake): void {
    this.intake = intake;
    this.rows = { accepted: 0, rejected: 0 };
    this.reported = { ...this.rows, atMs: this.parts.clock.monotonicMs() };
    this.paused = [];
    this.reasons.clear();
    this.newestRejected = [];
    this.ranges = new FeatureRanges(this.parts.schema.features.length);
  }

  /** Ends the term: the reporter lets go of its window and makes no report until the next term. */
  end(): void {
    this.intake = null;
  }

  /** The report as JSON; '' outside a term, within `REPORT_MS_MIN` of the last one, and when it is too large. */
  text(): string {
    const sinceMs = this.parts.clock.monotonicMs() - this.reported.atMs;
    if (this.intake === null || sinceMs < REPORT_MS_MIN) return '';
    this.ends.refresh();
    if (this.parts.schema.features.length <= REPORTED_FEATURES_MAX)
      this.ranges.scan(this.intake.partitions.map(({ store }) => store));
    const report = this.compose(this.intake);
    for (const each of [report, { ...report, features: [] }]) {
      const text = JSON.stringify(each satisfies TrainerReport);
      if (Buffer.byteLength(text) <= REPORT_BYTES_MAX) return text;
    }
    return '';
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

  private compose(intake: ReportedIntake): TrainerReport {
    const { rowLog, settings, trainerId, codeVersion } = this.parts;
    const { kind, topic } = rowLog.identity;
    const { batchRows, batchWaitMs, windowRows } = settings;
    return {
      format: TRAINER_REPORT_FORMAT,
      trainer: { id: trainerId, code: codeVersion },
      log: { kind, topic },
      rows: this.rows,
      perSecond: { ...this.readPerSecond(), appendedMessages: this.ends.appendedPerSecond() },
      lagMessages: this.ends.lag(
        new Map(intake.partitions.map(({ partition, position }) => [partition, position])),
      ),
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
    const now: RowsAt = { ...this.rows, atMs: this.parts.clock.monotonicMs() };
    const { reported } = this;
    const seconds = (now.atMs - reported.atMs) / 1_000;
    this.reported = now;
    return {
      accepted: (now.accepted - reported.accepted) / seconds,
      rejected: (now.rejected - reported.rejected) / seconds,
    };
  }

  private features(): TrainerReport['features'] {
    const { features } = this.parts.schema;
    if (features.length > REPORTED_FEATURES_MAX) return [];
    const { min, max } = this.ranges;
    return features.map(({ name, unit }, f) => ({
      name,
      unit: unit ?? null,
      // Infinite before the first row.
      min: Number.isFinite(min[f]) ? min[f]! : null,
      max: Number.isFinite(max[f]) ? max[f]! : null,
    }));
  }
}
