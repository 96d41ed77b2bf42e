import type { Engine } from '../../../shared/engine/engine';
import type { ModelRegistry } from '../../../shared/model-registry/model-registry';
import type { Schema } from '../../../shared/row/schema';
import type { OffsetMirror } from '../../../shared/row-log/offset-mirror';
import type { RowLog } from '../../../shared/row-log/row-log';
import type { Clock } from '../../../shared/runtime/clock';
import type { Log } from '../../../shared/runtime/log';
import type { Settings } from '../../../shared/settings/settings';
import type { Fitter } from '../fit/fitter';
import type { TrainerEvents } from '../report/trainer-events';

/** The neighbours, settings and identity of a trainer. Only term/ knows it whole; each part takes what it needs. */
export interface TrainerContext {
  readonly rowLog: RowLog;
  readonly registry: ModelRegistry;
  /** Null where the log has no committed offsets to mirror to. */
  readonly mirror: OffsetMirror | null;
  readonly schema: Schema;
  readonly settings: Settings;
  readonly engine: Engine;
  readonly fitter: Fitter;
  /** Unique among all trainers that were ever started. */
  readonly trainerId: string;
  /** Version of the code, for the record's metadata. */
  readonly codeVersion: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly events: TrainerEvents;
}
