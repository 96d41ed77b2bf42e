import type { DeepSettings } from '../../services/verifier/open-deep-source';
import { sealRecord, type VersionRecord } from '../../shared/model-registry/version-record';
import { inMessages, lineOf, shareOf, shuffledIris } from '../scenarios/iris-rows';
import { type Pipeline, type SettingChanges, withPipeline } from '../support/pipeline';
import { backendAt, type DeepPlace, type Tampering } from './deep-places';

/** A model that a trainer made, stored where the verifier finds it; the trainer has ended. */
export interface TrainedModel {
  readonly pipeline: Pipeline;
  readonly settings: DeepSettings;
  readonly tampering: Tampering;
  readonly records: readonly VersionRecord[];
}

export interface TrainingOptions {
  readonly partitions?: number;
  readonly settings?: SettingChanges;
}

/** Rejected in several ways, alone and beside good rows. */
export const BAD_MESSAGES: readonly (string | null)[] = [
  'not a row',
  null,
  '',
  `${lineOf(shuffledIris(1)[0]!)}\n{"data":[1],"label":"setosa"}\n\n${lineOf(shuffledIris(1)[1]!)}\n`,
  `${'x'.repeat(1_000_001)}`,
  '\n\n',
];

/** Trains on the Iris rows, two a message, with bad ones between them, in two steps, so that the window slides. */
export async function withTrainedModel(
  place: DeepPlace,
  { partitions = 1, settings: changes = {} }: TrainingOptions,
  use: (model: TrainedModel) => Promise<void>,
): Promise<void> {
  const { backend, opened } = backendAt(place);
  const settings = { batchRows: 20, batchRowsMax: 20, windowRows: 60, ...changes };
  await withPipeline(backend, { partitions, settings }, async (pipeline) => {
    const good = inMessages(shuffledIris(21).map(lineOf), 2);
    const messages = [...good.slice(0, 40), ...BAD_MESSAGES, ...good.slice(40), 'bad at the end'];
    for (const half of [messages.slice(0, 50), messages.slice(50)]) {
      for (let p = 0; p < partitions; p++) await pipeline.append(p, shareOf(half, p, partitions));
      const trainer = pipeline.startTrainer();
      await pipeline.refit();
      await trainer.stop();
    }
    const records = await pipeline.records();
    await use({ pipeline, records, settings: opened().settings, tampering: opened().tampering });
  });
}

/** The record's text with some fields changed and a digest that fits them again. */
export function resealed(record: VersionRecord, changes: Partial<VersionRecord>): string {
  const { format: _, recordDigest: __, ...fields } = { ...record, ...changes };
  return sealRecord(fields).text;
}
