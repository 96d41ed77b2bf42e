import type { EventEmitter } from 'node:events';
import type { VersionRecord } from '../../../shared/model-registry/version-record';
import type { IntakeEventMap } from '../read/intake';

/** The events of a trainer, for the metrics, the report, the command line and tests. */
export interface TrainerEventMap extends IntakeEventMap {
  /** The trainer waits for the lease. */
  standby: [];
  /** A term begins; `newest` is the version that it resumed from, null before the first. */
  active: [newest: VersionRecord | null, epoch: number];
  /** A version was published. */
  version: [record: VersionRecord];
  /** The number of accepted rows that wait for a cut has changed. */
  pending: [pendingRows: number];
}

export type TrainerEvents = EventEmitter<TrainerEventMap>;
