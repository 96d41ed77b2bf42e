import type {
  Lease,
  ModelRegistry,
  Publication,
  PublishOutcome,
} from '../../shared/model-registry/model-registry';
import { eventually } from '../support/alder-process';
import { withPipeline } from '../support/pipeline';
import type { TestBackend } from '../support/pipeline-backends';
import { lineOf, shuffledIris } from './iris-rows';

const LINES = shuffledIris(5).map(lineOf);

/** Wraps a registry so that heartbeats can be delayed and the outcome of each publish is recorded. */
function slowBeats(registry: ModelRegistry) {
  const outcomes: PublishOutcome[] = [];
  let release: () => void = () => undefined;
  let gate: Promise<void> = Promise.resolve();
  const renewLease = async (held: Lease) => {
    await gate;
    return registry.renewLease(held);
  };
  const publish = async (publication: Publication) => {
    const outcome = await registry.publish(publication);
    outcomes.push(outcome);
    return outcome;
  };
  return {
    registry: Object.create(registry, {
      renewLease: { value: renewLease },
      publish: { value: publish },
    }) as ModelRegistry,
    outcomes,
    hold() {
      gate = new Promise((resolve) => {
        release = resolve;
      });
    },
    release: () => release(),
  };
}

/** A trainer was paused during a refit and publishes after its lease went to another trainer. */
export function latePublishSuite(backend: TestBackend): void {
  test('a publish with an old fencing token is refused, and its rows count once, in the version of the other trainer', async () => {
    await withPipeline(backend, { settings: { batchRows: 10, batchRowsMax: 10 } }, async (pipeline) => {
      const slow = slowBeats(pipeline.registry);
      let letFit: () => void = () => undefined;
      let isFitting: () => void = () => undefined;
      const fitting = new Promise<void>((resolve) => {
        isFitting = resolve;
      });
      const fitMayEnd = new Promise<void>((resolve) => {
        letFit = resolve;
      });
      const late = pipeline.startTrainer({
        neighbours: { ...pipeline, registry: slow.registry },
        beforeFit: async () => {
          isFitting();
          await fitMayEnd;
        },
      });
      await late.active;
      await pipeline.append(0, LINES.slice(0, 10));
      await fitting;
      slow.hold();

      const other = pipeline.startTrainer({ neighbours: await pipeline.reopen() });
      await other.active;
      await eventually(
        () => pipeline.records(),
        (records) => records.length === 1,
      );
      letFit();
      await eventually(
        async () => slow.outcomes,
        (outcomes) => outcomes.length === 1,
      );
      slow.release();

      expect(slow.outcomes).toEqual(['fenced']);
      await eventually(
        async () => late.story,
        (story) => story.at(-1) === 'standby',
      );
      await pipeline.append(0, LINES.slice(10, 20));
      const records = await eventually(
        () => pipeline.records(),
        (found) => found.length === 2,
      );
      expect(records.map(({ trainer }) => [trainer.id, trainer.epoch])).toEqual([
        [other.id, 2],
        [other.id, 2],
      ]);
      expect(records.at(-1)!.lineage[0]).toMatchObject({ next: '20', messages: 20, accepted: 20 });
    });
  });
}
