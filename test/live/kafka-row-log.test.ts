import { createHash, randomBytes } from 'node:crypto';
import { CompressionTypes } from 'kafkajs';
import { DEFAULT_READ_BOUNDS } from '../../shared/row-log/bounds';
import { rejectedTopic } from '../../shared/row-log/rejected-messages';
import type { MessageBlock, ReadRound, RowLog } from '../../shared/row-log/row-log';
import { offsetMirrorContract } from '../contract/offset-mirror-contract';
import { rowLogContract } from '../contract/row-log-contract';
import { describeLive } from '../support/live';
import { described, type LiveKafka, mirrorGroup, openLiveKafka } from '../support/live-kafka';
import { openTcpProxy } from '../support/tcp-proxy';

const BOUNDS = DEFAULT_READ_BOUNDS;

describeLive('the row log on Kafka', ({ kafkaBrokers }) => {
  let kafka: LiveKafka;

  beforeAll(async () => {
    kafka = await openLiveKafka(kafkaBrokers);
  });
  afterAll(() => kafka.close(), 60_000);

  /** Reads on from a position until the rounds so far satisfy `isEnough`. */
  async function readUntil(
    log: RowLog,
    position: ReadonlyMap<number, number>,
    isEnough: (blocks: readonly MessageBlock[], round: ReadRound) => boolean,
  ): Promise<MessageBlock[]> {
    const stop = new AbortController();
    const blocks: MessageBlock[] = [];
    for await (const round of log.read(position, BOUNDS, stop.signal)) {
      blocks.push(...round.blocks);
      if (isEnough(blocks, round)) stop.abort();
    }
    return blocks;
  }

  const readTo = (log: RowLog, next: number) =>
    readUntil(log, new Map([[0, 0]]), (blocks) => blocks.at(-1)?.next === next);

  async function rangeOf(log: RowLog, from: number, next: number): Promise<MessageBlock[]> {
    const blocks: MessageBlock[] = [];
    for await (const block of log.readRange({ partition: 0, from, next }, BOUNDS)) blocks.push(block);
    return blocks;
  }

  describe('topics', () => {
    it('missing topics are made without compaction', async () => {
      const topic = kafka.newTopic();
      const { log } = await kafka.open(topic, { partitions: 3 });
      expect(await log.bounds()).toHaveLength(3);
      const { clusterId } = await kafka.admin.describeCluster();
      expect(log.identity).toEqual({ kind: 'kafka', clusterId, topic });
      expect(await kafka.admin.fetchTopicOffsets(rejectedTopic(topic))).toHaveLength(1);
    });

    it('an existing topic keeps its number of partitions', async () => {
      const topic = kafka.newTopic();
      await kafka.admin.createTopics({ topics: [{ topic, numPartitions: 2 }] });
      const { log } = await kafka.open(topic, { partitions: 5 });
      expect(await log.bounds()).toHaveLength(2);
    });

    it('a compacted topic is refused', async () => {
      const topic = kafka.newTopic();
      await kafka.admin.createTopics({
        topics: [{ topic, configEntries: [{ name: 'cleanup.policy', value: 'delete,compact' }] }],
      });
      await expect(kafka.open(topic)).rejects.toMatchObject({ code: 'topic-compacted', canRetry: false });
    });

    it('a partition that is added is read too', async () => {
      const topic = kafka.newTopic();
      const { log } = await kafka.open(topic);
      const first = await log.append(0, [{ value: 'a' }]);
      await kafka.admin.createPartitions({ topicPartitions: [{ topic, count: 2 }] });
      // The log does not know partition 1 yet, so it asks Kafka before it refuses.
      await log.append(1, [{ value: 'b' }]);
      let counts: number[] = [];
      const blocks = await readUntil(log, new Map([[0, first.from]]), (so, { partitionCount }) => {
        counts = [...counts, partitionCount];
        return so.length === 2;
      });
      expect(described(blocks).sort()).toEqual(['0:0=a', '1:0=b']);
      expect(counts.at(-1)).toBe(2);
    });

    it('a topic that disappears ends the reading', async () => {
      const topic = kafka.newTopic();
      const { log } = await kafka.open(topic);
      await log.append(0, [{ value: 'a' }]);
      let deleting: Promise<void> | null = null;
      const reading = readUntil(log, new Map(), (blocks) => {
        if (blocks.length === 1) deleting ??= kafka.admin.deleteTopics({ topics: [topic] });
        return false;
      });
      await expect(reading).rejects.toMatchObject({ code: 'topic-missing' });
      await deleting;
    });
  });

  describe('foreign producers', () => {
    it('messages of a producer that compresses with gzip are read', async () => {
      const topic = kafka.newTopic();
      const { log } = await kafka.open(topic);
      const producer = kafka.foreign.producer();
      await producer.connect();
      const messages = [{ value: 'a', headers: { twice: ['first', 'last'] } }, { value: 'b' }];
      await producer.send({ topic, messages, compression: CompressionTypes.GZIP });
      await producer.disconnect();
      const blocks = await readTo(log, 2);
      expect(described(blocks)).toEqual(['0:0=a', '0:1=b']);
      expect(blocks[0]?.headers).toEqual([{ twice: 'last' }, null]);
      expect(blocks[0]?.timestampsMs.every((ms) => Math.abs(ms - Date.now()) < 60_000)).toBe(true);
    });

    it('rows of aborted transactions are not read, and control records are stepped over', async () => {
      const topic = kafka.newTopic();
      const { log } = await kafka.open(topic);
      const producer = kafka.foreign.producer({
        transactionalId: topic,
        idempotent: true,
        maxInFlightRequests: 1,
      });
      await producer.connect();
      for (const fate of ['commit', 'abort', 'commit'] as const) {
        const transaction = await producer.transaction();
        await transaction.send({ topic, messages: [{ value: `${fate} 1` }, { value: `${fate} 2` }] });
        await transaction[fate]();
      }
      await producer.disconnect();
      // Each transaction takes three offsets: two rows and the marker that ends it.
      const rows = ['0:0=commit 1', '0:1=commit 2', '0:6=commit 1', '0:7=commit 2'];
      const blocks = await readTo(log, 9);
      expect(described(blocks)).toEqual(rows);
      expect(described(await rangeOf(log, 0, 9))).toEqual(rows);
      // From the middle of the aborted transaction on, the answer has to say of which one it is.
      expect(described(await rangeOf(log, 4, 7))).toEqual(['0:6=commit 1']);
      expect(await rangeOf(log, 3, 6)).toEqual([
        { partition: 0, from: 3, next: 6, offsets: [], values: [], timestampsMs: [], headers: null },
      ]);
    });
  });

  describe('positions', () => {
    it('a position that retention has passed ends the reading', async () => {
      const topic = kafka.newTopic();
      const { log } = await kafka.open(topic);
      await log.append(0, [{ value: 'a' }, { value: 'b' }, { value: 'c' }]);
      // Asked first because this client deletes nothing in a topic whose leaders it has not looked up.
      await kafka.admin.fetchTopicOffsets(topic);
      await kafka.admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '2' }] });
      await expect(readTo(log, 3)).rejects.toMatchObject({ code: 'log-range-gone' });
      await expect(rangeOf(log, 1, 3)).rejects.toMatchObject({ code: 'log-range-gone' });
      expect(described(await rangeOf(log, 2, 3))).toEqual(['0:2=c']);
    });

    it('a position above the end is of another log', async () => {
      const { log } = await kafka.open(kafka.newTopic());
      const reading = readUntil(log, new Map([[0, 5]]), () => false);
      await expect(reading).rejects.toMatchObject({ code: 'log-replaced' });
    });
  });

  describe('appends', () => {
    it('an append that the topic refuses changes nothing, and the next one works', async () => {
      const { log } = await kafka.open(kafka.newTopic());
      const tooLarge = randomBytes(1_500_000);
      await expect(log.append(0, [{ value: tooLarge }])).rejects.toMatchObject({ code: 'append-refused' });
      expect(await log.append(0, [{ value: 'a' }])).toEqual({ from: 0, next: 1 });
    });

    it('rejected rows are cut into sends that Kafka takes', async () => {
      const topic = kafka.newTopic();
      const { log } = await kafka.open(topic);
      const row = {
        partition: 0,
        line: 0,
        reason: 'too-large',
        attempt: 1,
        bytes: randomBytes(300_000),
      } as const;
      await log.appendRejected([1, 2, 3, 4, 5, 6, 7].map((offset) => ({ ...row, offset })));
      const [end] = await kafka.admin.fetchTopicOffsets(rejectedTopic(topic));
      expect(end?.high).toBe('7');
    });

    it('a rejected row that Kafka does not take is refused by name', async () => {
      const { log } = await kafka.open(kafka.newTopic());
      const bytes = randomBytes(1_500_000);
      const wholeSha256 = createHash('sha256').update(bytes).digest('hex');
      const row = {
        partition: 0,
        offset: 0,
        line: 0,
        reason: 'too-large',
        attempt: 1,
        bytes,
        wholeSha256,
      } as const;
      await expect(log.appendRejected([row])).rejects.toMatchObject({ code: 'rejected-append-refused' });
    });
  });

  describe('the mirror', () => {
    it('the mirror shows offsets and metadata to lag tools', async () => {
      const topic = kafka.newTopic();
      const { mirror } = await kafka.open(topic, { partitions: 2 });
      await mirror.mirror(
        new Map([
          [0, 7],
          [1, 9],
        ]),
        'registry/12/digest',
      );
      const [offsets] = await kafka.admin.fetchOffsets({ groupId: mirrorGroup(topic), topics: [topic] });
      expect(offsets?.partitions).toEqual([
        { partition: 0, offset: '7', metadata: 'registry/12/digest' },
        { partition: 1, offset: '9', metadata: 'registry/12/digest' },
      ]);
    });

    it('the mirror takes 4,096 bytes of metadata and refuses more', async () => {
      const { mirror } = await kafka.open(kafka.newTopic());
      await mirror.mirror(new Map([[0, 0]]), 'x'.repeat(4_096));
      await expect(mirror.mirror(new Map([[0, 0]]), 'x'.repeat(4_097))).rejects.toMatchObject({
        code: 'invariant',
      });
    });
  });

  describe('connections', () => {
    it('an opening without a broker ends in time, with a notice', async () => {
      const notices: string[] = [];
      const opening = kafka.open(kafka.newTopic(), {
        brokers: ['127.0.0.1:1'],
        openTimeoutMs: 100,
        onNotice: (code) => notices.push(code),
      });
      await expect(opening).rejects.toMatchObject({ code: 'log-unavailable', canRetry: true });
      expect(notices).toContain('kafka-trouble');
    });

    it('connections that break while rows are read and appended lose and repeat nothing', async () => {
      const topic = kafka.newTopic();
      await kafka.open(topic);
      const proxy = await proxyToBroker(kafka);
      try {
        const { log, notices } = await kafka.open(topic, { brokers: [`127.0.0.1:${proxy.port}`] });
        let cutCount = 0;
        const appending = (async () => {
          for (let i = 0; i < 60; i += 1) {
            await log.append(0, [{ value: String(i) }]);
            if (i === 20 || i === 40) cutCount += proxy.cut();
          }
        })();
        const blocks = await readTo(log, 60);
        await appending;
        expect(cutCount).toBeGreaterThan(0);
        expect(notices.filter((line) => line.startsWith('kafka-trouble'))).not.toEqual([]);
        expect(notices.filter((line) => line.startsWith('kafka-recovered'))).not.toEqual([]);
        expect(described(blocks)).toEqual(Array.from({ length: 60 }, (_, i) => `0:${i}=${i}`));
        await log.close();
      } finally {
        await proxy.close();
      }
    });
  });

  rowLogContract('Kafka', async ({ partitions }) => {
    const topic = kafka.newTopic();
    const { log } = await kafka.open(topic, { partitions });
    return {
      log,
      reopen: async () => (await kafka.open(topic)).log,
      openRejected: async () => (await kafka.open(rejectedTopic(topic))).log,
      cleanUp: () => log.close(),
    };
  });

  offsetMirrorContract('Kafka', async () => {
    const topic = kafka.newTopic();
    const { log, mirror } = await kafka.open(topic, { partitions: 2 });
    const other = async () =>
      (await kafka.open(topic, { mirrorGroup: `${mirrorGroup(topic)}-other` })).mirror;
    return { mirror, other, cleanUp: () => log.close() };
  });
});

/** A proxy whose broker names the proxy as its address, so that no connection goes past it. */
async function proxyToBroker(kafka: LiveKafka) {
  const { brokers } = await kafka.admin.describeCluster();
  const { host, port } = brokers[0]!;
  const own = { port: 0 };
  const proxy = await openTcpProxy({
    host,
    port,
    rewriteReply: (chunk) => withPort(chunk, host, port, own.port),
  });
  own.port = proxy.port;
  return proxy;
}

/** In an answer an address is the host's text, followed by the port in four bytes. */
function withPort(chunk: Buffer, host: string, from: number, to: number): Buffer {
  const address = Buffer.alloc(host.length + 4);
  address.write(host, 'latin1');
  address.writeInt32BE(from, host.length);
  for (let at = chunk.indexOf(address); at !== -1; at = chunk.indexOf(address, at + 1)) {
    chunk.writeInt32BE(to, at + host.length);
  }
  return chunk;
}
