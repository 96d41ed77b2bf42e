import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { PausedPartition } from '../read/breaker';
import type { TrainerEvents } from './trainer-events';

/** The trainer's Prometheus metrics, updated by its events. */
export class TrainerMetrics {
  readonly registry = new Registry();
  private readonly accepted = this.counter(
    'alder_rows_accepted_total',
    'Rows read and accepted since the start',
  );
  private readonly rejected = this.counter(
    'alder_rows_rejected_total',
    'Rows read and rejected since the start',
  );
  private readonly versions = this.counter(
    'alder_versions_published_total',
    'Versions published since the start',
  );
  private readonly version = this.gauge('alder_newest_version', 'Number of the newest version');
  private readonly pending = this.gauge('alder_rows_pending', 'Accepted rows that wait for a mini-batch');
  private readonly active = this.gauge(
    'alder_trainer_active',
    '1 while this trainer holds the lease, 0 in standby',
  );
  private readonly pausing = this.gauge(
    'alder_partitions_paused',
    'Partitions that pause since more than half of their last 1,000 rows were bad',
  );
  private isActive = false;
  private paused: readonly PausedPartition[] = [];

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** For /readyz. A standby is ready; a trainer with a paused partition is not, and tells why. */
  get readiness(): { readonly ready: boolean; readonly detail: object } {
    const role = this.isActive ? 'active' : 'standby';
    if (this.paused.length === 0) return { ready: true, detail: { role } };
    return { ready: false, detail: { role, code: 'breaker-open', paused: this.paused } };
  }

  observe(events: Pick<TrainerEvents, 'on'>): void {
    events.on('standby', () => {
      this.setActive(false);
      this.setPaused([]);
    });
    events.on('active', (newest) => {
      this.setActive(true);
      this.version.set(newest?.version ?? 0);
    });
    events.on('read', (accepted, rejected) => {
      this.accepted.inc(accepted);
      this.rejected.inc(rejected);
    });
    events.on('version', (record) => {
      this.versions.inc();
      this.version.set(record.version);
    });
    events.on('pending', (pendingRows) => this.pending.set(pendingRows));
    events.on('paused', (partitions) => this.setPaused(partitions));
  }

  private setPaused(paused: readonly PausedPartition[]): void {
    this.paused = paused;
    this.pausing.set(paused.length);
  }

  private setActive(isActive: boolean): void {
    this.isActive = isActive;
    this.active.set(isActive ? 1 : 0);
  }

  private counter(name: string, help: string): Counter {
    return new Counter({ name, help, registers: [this.registry] });
  }

  private gauge(name: string, help: string): Gauge {
    return new Gauge({ name, help, registers: [this.registry] });
  }
}
