import { type Admin, Kafka, logLevel } from 'kafkajs';
import type { VersionRecord } from '../../shared/model-registry/version-record';
import { lineOf, shuffledIris } from '../scenarios/iris-rows';
import { eventually } from '../support/alder-process';
import type { RunningTrainer } from '../support/in-process-trainer';
import { describeLive } from '../support/live';
import { type Pipeline, type PipelineOptions, withPipeline } from '../support/pipeline';
import { liveBackend } from '../support/pipeline-backends';

const LINES = shuffledIris(7).map(lineOf);
const BAD_ROWS = Array<string>(1_500).fill('not a row');

describeLive('the log under a trainer, on Kafka', (servers) => {
  let foreign: Kafka;
  let admin: Admin;

  // Each test has a client of its own, since a client goes on asking for topics that were deleted.
  beforeEach(async () => {
    foreign = new Kafka({
      clientId: 'alder-test',
      brokers: servers.kafkaBrokers,
      logLevel: logLevel.NOTHING,
    });
    admin = foreign.admin();
    await admin.connect();
  });

  afterEach(() => admin.disconnect());

  const withLivePipeline = (options: PipelineOptions, use: (pipeline: Pipeline) => Promise<void>) =>
    withPipeline(liveBackend(servers), options, use);

  const topicOf = ({ rowLog }: Pipeline) => rowLog.identity.topic;

  /** Appends to partition 0, trains to the log's end, stops. */
  async function trainOn(pipeline: Pipeline, lines: readonly string[]): Promise<VersionRecord> {
    const trainer = await trainingOn(pipeline, lines);
    await trainer.stop();
    return newest(pipeline);
  }

  /** The same with a trainer that keeps running. */
  async function trainingOn(pipeline: Pipeline, lines: readonly string[]): Promise<RunningTrainer> {
    await pipeline.append(0, lines);
    const trainer = pipeline.startTrainer();
    await pipeline.refit();
    return trainer;
  }

  async function newest(pipeline: Pipeline): Promise<VersionRecord> {
    return (await pipeline.records()).at(-1)!;
  }

  async function boundsOf(topic: string): Promise<{ low: string; high: string }[]> {
    return (await admin.fetchTopicOffsets(topic)).sort((a, b) => a.partition - b.partition);
  }

  /** Deletes a topic and makes another one of the same name, with these rows in it. */
  async function replaceTopic(topic: string, lines: readonly string[]): Promise<void> {
    await admin.deleteTopics({ topics: [topic] });
    await eventually(
      async () => (await admin.listTopics()).includes(topic),
      (exists) => !exists,
    );
    await eventually(
      () => admin.createTopics({ topics: [{ topic, numPartitions: 1 }] }).then(() => true),
      (made) => made,
    );
    const producer = foreign.producer();
    await producer.connect();
    if (lines.length > 0) {
      await producer.send({ topic, messages: lines.map((value) => ({ value, partition: 0 })) });
    }
    await producer.disconnect();
    expect((await boundsOf(topic))[0]).toMatchObject({ low: '0', high: String(lines.length) });
  }

  async function deleteBelow(topic: string, offset: number): Promise<void> {
    // Asked first because this client deletes nothing in a topic whose leaders it has not looked up.
    await boundsOf(topic);
    const partitions = [{ partition: 0, offset: String(offset) }];
    await admin.deleteTopicRecords({ topic, partitions });
    expect((await boundsOf(topic))[0]!.low).toBe(String(offset));
  }

  async function mirrored(pipeline: Pipeline): Promise<{ offset: string; metadata: string | null }> {
    const topic = topicOf(pipeline);
    const [found] = await admin.fetchOffsets({ groupId: `alder-${topic}`, topics: [topic] });
    return found!.partitions.find(({ partition }) => partition === 0)!;
  }

  describe('committed offsets', () => {
    test('committed offsets that are reset while the trainer is stopped change nothing', async () => {
      await withLivePipeline({}, async (pipeline) => {
        const before = await trainOn(pipeline, LINES.slice(0, 40));
        expect(await mirrored(pipeline)).toMatchObject({ offset: '40' });
        const topic = topicOf(pipeline);
        await admin.setOffsets({
          groupId: `alder-${topic}`,
          topic,
          partitions: [{ partition: 0, offset: '0' }],
        });
        expect(await mirrored(pipeline)).toMatchObject({ offset: '0' });
        const after = await trainOn(pipeline, LINES.slice(40, 50));
        expect(after.parent?.version).toBe(before.version);
        expect(after.lineage[0]).toMatchObject({ batchFrom: '40', next: '50', messages: 50, accepted: 50 });
        expect(await mirrored(pipeline)).toMatchObject({ offset: '50' });
      });
    });

    test('committed offsets name the version of the registry, also right after a start', async () => {
      await withLivePipeline({}, async (pipeline) => {
        const { version, recordDigest } = await trainOn(pipeline, LINES.slice(0, 40));
        await admin.deleteGroups([`alder-${topicOf(pipeline)}`]);
        const trainer = pipeline.startTrainer();
        await trainer.active;
        const { metadata } = await eventually(
          () => mirrored(pipeline),
          ({ offset }) => offset === '40',
        );
        const registry = pipeline.registry.registryId;
        expect(JSON.parse(metadata!)).toEqual({ registry, version, recordDigest });
      });
    });
  });

  describe('retention', () => {
    test('retention that passes the position of a stopped trainer is loss: the trainer stops with an alarm', async () => {
      await withLivePipeline({}, async (pipeline) => {
        await trainOn(pipeline, LINES.slice(0, 10));
        await pipeline.append(0, LINES.slice(10, 30));
        await deleteBelow(topicOf(pipeline), 11);
        await expect(pipeline.startTrainer().ended).rejects.toMatchObject({ code: 'log-range-gone' });
        expect((await newest(pipeline)).lineage[0]!.next).toBe('10');
      });
    });

    test('retention that passes the position of a running trainer that cannot read on is loss', async () => {
      await withLivePipeline({}, async (pipeline) => {
        const trainer = pipeline.startTrainer();
        await trainer.active;
        // A thousand bad rows let the partition pause; the others lie behind its position.
        await pipeline.append(0, BAD_ROWS);
        await eventually(
          async () => trainer.story,
          (story) => story.includes('breaker-open'),
        );
        await deleteBelow(topicOf(pipeline), 1_200);
        await expect(trainer.ended).rejects.toMatchObject({ code: 'log-range-gone' });
        expect(await pipeline.records()).toEqual([]);
      });
    });

    test('retention that deletes rows that were read already is no loss', async () => {
      await withLivePipeline({}, async (pipeline) => {
        const trainer = await trainingOn(pipeline, LINES.slice(0, 10));
        await deleteBelow(topicOf(pipeline), 10);
        await pipeline.append(0, LINES.slice(10, 15));
        expect(await pipeline.refit()).toMatchObject({ version: 2 });
        await trainer.stop();
        expect((await newest(pipeline)).lineage[0]).toMatchObject({ next: '15', accepted: 15 });
      });
    });
  });

  describe('a topic that is deleted and made again', () => {
    test.each([
      ['shorter', LINES.slice(0, 5)],
      ['longer', LINES.slice(0, 60)],
      ['empty', []],
    ])(
      'a topic that is made again while the trainer is stopped, now %s, is not the log of the record',
      async (_, lines) => {
        await withLivePipeline({}, async (pipeline) => {
          await trainOn(pipeline, LINES.slice(0, 20));
          await replaceTopic(topicOf(pipeline), lines);
          const { rowLog, mirror, registry } = await pipeline.reopen();
          const trainer = pipeline.startTrainer({ neighbours: { rowLog, mirror, registry } });
          await expect(trainer.ended).rejects.toMatchObject({ code: 'log-replaced' });
          expect(await pipeline.records()).toHaveLength(1);
        });
      },
    );

    test.each([
      ['shorter', LINES.slice(0, 5)],
      ['longer', LINES.slice(0, 60)],
    ])(
      'a topic that is deleted and made again, now %s, stops the running trainer with log-replaced, and none of its rows is in a version',
      async (_, lines) => {
        await withLivePipeline({ settings: { batchRows: 5 } }, async (pipeline) => {
          const trainer = await trainingOn(pipeline, LINES.slice(0, 20));
          const before = await pipeline.records();
          await replaceTopic(topicOf(pipeline), lines);
          await expect(trainer.ended).rejects.toMatchObject({ code: 'log-replaced' });
          expect(await pipeline.records()).toEqual(before);
        });
      },
    );
  });

  describe('partitions that are added', () => {
    const addPartition = async (topic: string) => {
      await admin.createPartitions({ topicPartitions: [{ topic, count: 2 }] });
      // For a moment after it was made a partition has no leader that would know it.
      const partitions = () =>
        boundsOf(topic).then(
          ({ length }) => length,
          () => 0,
        );
      expect(await eventually(partitions, (count) => count === 2)).toBe(2);
    };

    test('partitions that are added while the trainer runs are read from their start', async () => {
      await withLivePipeline({ settings: { batchRows: 5 } }, async (pipeline) => {
        const trainer = await trainingOn(pipeline, LINES.slice(0, 20));
        await addPartition(topicOf(pipeline));
        await pipeline.append(1, LINES.slice(20, 35));
        const { lineage } = await eventually(
          () => newest(pipeline),
          (record) => record.lineage[1]?.next === '15',
        );
        expect(lineage[1]).toMatchObject({ start: '0', accepted: 15 });
        await trainer.stop();
      });
    });

    test('partitions that are added while the trainer is stopped are read from their start', async () => {
      await withLivePipeline({}, async (pipeline) => {
        await trainOn(pipeline, LINES.slice(0, 20));
        await addPartition(topicOf(pipeline));
        const { rowLog, mirror, registry } = await pipeline.reopen();
        await rowLog.append(
          1,
          LINES.slice(20, 35).map((value) => ({ value })),
        );
        const trainer = pipeline.startTrainer({ neighbours: { rowLog, mirror, registry } });
        await pipeline.refit();
        await trainer.stop();
        expect((await newest(pipeline)).lineage[1]).toMatchObject({ start: '0', next: '15', accepted: 15 });
      });
    });
  });
});
