import type { Engine } from '../../../shared/engine/engine';
import type { ModelRegistry } from '../../../shared/model-registry/model-registry';
import type { VersionRecord } from '../../../shared/model-registry/version-record';
import type { Schema } from '../../../shared/row/schema';
import type { OffsetMirror } from '../../../shared/row-log/offset-mirror';
import type { RejectedRow, RowLog } from '../../../shared/row-log/row-log';
import type { Clock } from '../../../shared/runtime/clock';
import type { Log } from '../../../shared/runtime/log';
import type { Settings } from '../../../shared/settings/settings';
import type { Fitter } from '../fit/fitter';
import type { PausedPartition } from '../guard/breaker/breaker';
import type { Intake } from '../read/intake';

/** What a trainer is given: neighbours, settings, time. */
export interface TrainerContext {
  readonly rowLog: RowLog;
  readonly registry: ModelRegistry;
  /** Null where the log has no committed offsets to mirror to. */
  readonly mirror: OffsetMirror | null;
  readonly schema: Schema;
  readonly settings: Settings;
  readonly engine: Engine;
  readonly fitter: Fitter;
  /** Who this trainer is, unique among all that were ever started. */
  readonly trainerId: string;
  /** Version of the code, for the record's metadata. */
  readonly codeVersion: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly events: TrainerEvents;
}

/** What a trainer tells whoever watches it: the progress line, the metrics, the tests. */
export interface TrainerEvents {
  onStandby?(): void;
  /** The newest version that it goes on from, null before the first. */
  onActive?(newest: VersionRecord | null, epoch: number): void;
  /** What this term reads into, to be looked at. */
  onIntake?(intake: Intake): void;
  onRead?(accepted: number, rejected: number): void;
  /** Rows that were rejected and are kept. */
  onRejected?(rows: readonly RejectedRow[]): void;
  onVersion?(record: VersionRecord): void;
  /** All that was read is cut into versions. */
  onPending?(pendingRows: number): void;
  /** All partitions that pause now, since most of their last rows were bad. */
  onPaused?(paused: readonly PausedPartition[]): void;
}
