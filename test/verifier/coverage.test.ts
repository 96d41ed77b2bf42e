import type { VersionStatus } from '../../services/verifier/checks/findings';
import type { RawRegistry } from '../../services/verifier/deep-source';
import { deepVerify } from '../../services/verifier/deep-verify';
import { openDeepSource } from '../../services/verifier/open-deep-source';
import type { DeepReport } from '../../services/verifier/report';
import { openEnvironment } from '../../shared/lmdb/environment';
import { inMessages, lineOf, shuffledIris } from '../scenarios/iris-rows';
import { deleteMessages } from '../support/embedded';
import { describeLive, type LiveServers } from '../support/live';
import { type LiveKafka, openLiveKafka } from '../support/live-kafka';
import { withPipeline } from '../support/pipeline';
import { backendAt, type DeepPlace, embeddedDeepPlace, liveDeepPlace, verifiedAt } from './deep-places';
import { resealed, withTrainedModel } from './trained-models';

function statuses({ versions }: DeepReport): VersionStatus[] {
  return versions.map(({ status }) => status);
}

function expectClean(report: DeepReport): void {
  expect(report.versions.flatMap(({ differences }) => differences)).toEqual([]);
  expect(report.differences).toEqual([]);
  expect(report.isClean).toBe(true);
}

function coverageSuite(place: DeepPlace): void {
  describe(`what cannot be checked is never called equal: ${place.name}`, () => {
    test('a version whose parent is retired is partly checked, and the versions behind it are equal', async () => {
      await withTrainedModel(place, { settings: { keepVersions: 4 } }, async ({ records, settings }) => {
        expect(records.map(({ version }) => version)[0]).toBeGreaterThan(1);
        const report = await verifiedAt(settings);
        expectClean(report);
        expect(statuses(report)).toEqual(['partly-checked', 'equal', 'equal', 'equal']);
        expect(report.versions[0]!.unchecked.map(({ field }) => field)).toContain('parent');
      });
    });

    test('a version that is retired during the verification is whole or gone, and never differs', async () => {
      await withTrainedModel(place, {}, async ({ records, settings, tampering }) => {
        const source = await openDeepSource(settings);
        const { registry } = source;
        const retiring: RawRegistry = {
          view: () => registry.view(),
          texts: async (version) => {
            const [texts] = await Promise.all([registry.texts(version), tampering.dropVersion(version)]);
            return texts;
          },
        };
        try {
          const report = await deepVerify({ ...source, registry: retiring });
          expectClean(report);
          expect(report.versions).toHaveLength(records.length);
        } finally {
          await source.close();
        }
      });
    });

    test('versions below a held champion and versions that the rule refuses verify clean', async () => {
      await withTrainedModel(place, {}, async ({ pipeline, settings, tampering }) => {
        const good = inMessages(shuffledIris(5).map(lineOf), 2);
        const trainOn = async (messages: readonly string[], changes = {}) => {
          await pipeline.append(0, messages);
          const trainer = pipeline.startTrainer({ settings: changes });
          await pipeline.refit();
          await trainer.stop();
        };
        await trainOn(good.slice(0, 10), { maxDepth: 0 });
        const { registry } = pipeline;
        const { champion } = (await registry.loadState()).aliases;
        const moved = await registry.moveAlias({
          alias: 'champion',
          version: 3,
          expectedRevision: champion!.revision,
          held: true,
          reason: 'a rollback',
          actor: 'somebody',
          at: '2024-01-01T00:00:00.000Z',
        });
        expect(moved.outcome).toBe('moved');
        await trainOn(good.slice(10, 20));
        const reasons = (await pipeline.records()).map(({ promotion }) => promotion.reason);
        expect(reasons.slice(-2)).toEqual(['champion-better', 'held']);
        const report = await verifiedAt(settings);
        expectClean(report);
        expect(new Set(statuses(report))).toEqual(new Set(['equal']));

        const refused = (await pipeline.records()).at(-2)!;
        const forged = resealed(refused, { promotion: { ...refused.promotion, reason: 'held' } });
        await tampering.setRecord(refused.version, forged);
        const found = (await verifiedAt(settings)).differences.map(({ field }) => field);
        expect(found).toContain(`journal of version ${refused.version}: held`);
      });
    });

    test('a verification beside a running trainer leaves out later versions', async () => {
      const { backend, opened } = backendAt(place);
      await withPipeline(backend, { settings: { batchRows: 4, windowRows: 40 } }, async (pipeline) => {
        const messages = inMessages(shuffledIris(3).map(lineOf), 2);
        const trainer = pipeline.startTrainer();
        let verified = 0;
        for (let from = 0; from < messages.length; from += 15) {
          await pipeline.append(0, [...messages.slice(from, from + 15), 'bad']);
          const answer = pipeline.refit();
          const report = await verifiedAt(opened().settings);
          expectClean(report);
          verified = report.versions.length;
          await answer;
        }
        expect(verified).toBeGreaterThan(1);
        await trainer.stop();
      });
    });
  });
}

/** Gives a test a Kafka client, to act as another program. */
async function onKafka(
  { kafkaBrokers }: LiveServers,
  use: (kafka: LiveKafka) => Promise<unknown>,
): Promise<void> {
  const kafka = await openLiveKafka(kafkaBrokers);
  try {
    await use(kafka);
  } finally {
    await kafka.close();
  }
}

coverageSuite(embeddedDeepPlace);

test('versions whose rows are gone from the embedded log are not covered, and no other version differs', async () => {
  await withTrainedModel(embeddedDeepPlace, {}, async ({ records, settings }) => {
    const environment = openEnvironment(settings.dataDir);
    const next = Number(records[5]!.lineage[0]!.windowFrom) + 1;
    await deleteMessages(environment, 'alder-rows', { partition: 0, from: 0, next });
    await environment.close();
    const report = await verifiedAt(settings);
    expectClean(report);
    const found = statuses(report);
    expect(found.slice(0, 3)).toEqual(['not-covered', 'not-covered', 'not-covered']);
    expect(found[5]).toBe('partly-checked');
    expect(found.at(-1)).toBe('equal');
    expect(found.filter((status) => status === 'equal').length).toBe(records.length - 6);
  });
});

test('the beginning of the log explains a window that retention shortened under a trainer', async () => {
  await withTrainedModel(embeddedDeepPlace, {}, async ({ pipeline, records, settings }) => {
    const newest = records.at(-1)!.lineage[0]!;
    const range = { partition: 0, from: 0, next: Number(newest.windowFrom) + 8 };
    const environment = openEnvironment(settings.dataDir);
    await deleteMessages(environment, 'alder-rows', range);
    await environment.close();
    await pipeline.append(0, inMessages(shuffledIris(5).slice(0, 20).map(lineOf), 2));
    const trainer = pipeline.startTrainer({ settings: { windowRows: 2_000 } });
    await pipeline.refit();
    await trainer.stop();
    const next = (await pipeline.records()).at(-1)!;
    expect(next.version).toBe(records.length + 1);
    expect(next.lineage[0]!.windowFrom).toBe(String(range.next));
    const report = await verifiedAt(settings);
    expectClean(report);
    expect(statuses(report).slice(-2)).toEqual(['partly-checked', 'partly-checked']);
  });
});

describeLive('on servers', (servers) => {
  coverageSuite(liveDeepPlace(servers));

  test('versions and rejected rows that retention deleted are not covered', async () => {
    await withTrainedModel(liveDeepPlace(servers), {}, async ({ records, settings }) => {
      await onKafka(servers, async ({ admin }) => {
        const head = async (topic: string, offset: string) => {
          // kafkajs knows the leaders of a topic only after an earlier request about the topic.
          await admin.fetchTopicOffsets(topic);
          await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset }] });
        };
        await head(settings.topic, records[5]!.lineage[0]!.windowFrom);
        await head(`${settings.topic}.rejected`, '2');
      });
      const report = await verifiedAt(settings);
      expectClean(report);
      expect(statuses(report).slice(0, 2)).toEqual(['not-covered', 'not-covered']);
      expect(statuses(report)[4]).not.toBe('equal');
      expect(statuses(report).at(-1)).toBe('equal');
    });
  });

  test('control records and aborted rows count neither as messages nor as a loss, also at the end of the log', async () => {
    const { backend, opened } = backendAt(liveDeepPlace(servers));
    await withPipeline(backend, { settings: { batchRows: 20 } }, async (pipeline) => {
      const { topic } = opened().settings;
      await onKafka(servers, async ({ foreign }) => {
        const producer = foreign.producer({
          transactionalId: `${topic}-foreign`,
          idempotent: true,
          maxInFlightRequests: 1,
        });
        await producer.connect();
        const lines = shuffledIris(9).map(lineOf);
        for (const [i, isAborted] of [false, true, false, true].entries()) {
          const transaction = await producer.transaction();
          const messages = lines.slice(i * 30, (i + 1) * 30).map((value) => ({ value }));
          await transaction.send({ topic, messages });
          await (isAborted ? transaction.abort() : transaction.commit());
        }
        await producer.disconnect();
      });
      const trainer = pipeline.startTrainer();
      await pipeline.refit();
      await trainer.stop();
      const report = await verifiedAt(opened().settings);
      expectClean(report);
      expect(new Set(statuses(report))).toEqual(new Set(['equal']));
      expect(report.messagesRead).toBe(60);
      const [lineage] = (await pipeline.records()).at(-1)!.lineage;
      expect(lineage).toMatchObject({ messages: 60, next: '124', skipped: 64 });
    });
  });

  test('a partition that was added is verified from its own start', async () => {
    const { backend, opened } = backendAt(liveDeepPlace(servers));
    await withPipeline(backend, { settings: { batchRows: 20, windowRows: 60 } }, async (pipeline) => {
      const messages = shuffledIris(9).map(lineOf);
      const { topic } = opened().settings;
      for (const partitions of [1, 3]) {
        const topicPartitions = [{ topic, count: partitions }];
        if (partitions > 1)
          await onKafka(servers, ({ admin }) => admin.createPartitions({ topicPartitions }));
        const { rowLog } = await pipeline.reopen();
        for (let p = 0; p < partitions; p++) {
          await rowLog.append(
            p,
            messages.slice(p * 40, p * 40 + 40).map((value) => ({ value })),
          );
        }
        const trainer = pipeline.startTrainer({ neighbours: await pipeline.reopen() });
        await pipeline.refit();
        await trainer.stop();
      }
      const records = await pipeline.records();
      expect(new Set(records.map(({ lineage }) => lineage.length))).toEqual(new Set([1, 3]));
      const report = await verifiedAt(opened().settings);
      expectClean(report);
      expect(new Set(statuses(report))).toEqual(new Set(['equal']));
    });
  });
});
