import { runProducer } from '../../services/producer/producer';
import { groupHeaders } from '../../services/producer/row-messages';
import { systemClock } from '../../shared/runtime/clock';
import type { SettingName } from '../../shared/runtime/settings';
import type { Contender, Figure, Missing, RatioFigure, SuiteOptions, Yardstick } from '../harness/figure';
import { once } from '../harness/tables';
import { EmbeddedStream } from '../yardsticks/ingest-embedded';
import { javaConsumer } from '../yardsticks/ingest-java';
import { PlainLmdb } from '../yardsticks/ingest-lmdb';
import { RiverStream } from '../yardsticks/ingest-river';
import {
  irisSchema,
  messageValues,
  SEED,
  type StreamRows,
  sourceOf,
  streamRows,
} from '../yardsticks/ingest-rows';
import { namedServers, ServerStreams } from '../yardsticks/ingest-servers';
import { type TrainerNeighbours, trainAll } from '../yardsticks/ingest-trainer';

/** A backlog at windowRows 10,000: a cut takes what was read, up to ten times batchRows, and no row waits for company. */
const BACKLOG = { windowRows: 10_000, batchRows: 1_000, batchWaitMs: 20 };
/** The stream job: a version for every 1,000 rows. */
const EVERY_1000 = { windowRows: 10_000, batchRows: 1_000, batchRowsMax: 1_000 };

/** How many rows per second come from a log into a window and its versions, and from a file into a log. */
export async function* ingestSuite(options: SuiteOptions): AsyncIterable<Figure> {
  const rows = once(() => streamRows(options.isQuick ? 100_000 : 1_000_000));
  yield* fromEmbedded(options, rows);
  yield* onServers(options, rows);
}

async function* fromEmbedded(options: SuiteOptions, rows: () => StreamRows): AsyncIterable<Figure> {
  const { rounds, tell } = options;
  const rowCount = options.isQuick ? 100_000 : 1_000_000;
  const stream = new EmbeddedStream();
  const river = new RiverStream(tell);
  const plain = new PlainLmdb(stream.folder);
  const filled = once(async () => {
    tell('filling the embedded log');
    const values = messageValues(rows().lines, 1);
    await stream.fill(values);
    plain.fill(values);
  });
  const prepared = (contender: () => number | Promise<number>) => async () => {
    await filled();
    return contender();
  };
  const range: Yardstick = {
    name: 'a plain lmdb range read of the same values',
    target: 0.7,
    run: prepared(() => plain.readAll(rowCount)),
  };
  const conditions = `${told(rowCount)} rows like Iris, one a message, seed ${SEED}`;
  const train = (flags: Flags) =>
    prepared(() => stream.withModel((neighbours) => trained(neighbours, rowCount, flags)));
  try {
    const reading: Contender = {
      name: 'the log read in blocks',
      run: prepared(() => stream.readAll(rowCount)),
    };
    yield ratio(rounds, 'ingest, embedded log, reading', conditions, reading, [range]);
    const trainer: Contender = { name: 'the trainer', run: train(BACKLOG) };
    yield ratio(
      rounds,
      'ingest, embedded log, into the window',
      `${conditions}, windowRows 10,000, refits of up to 10,000 new rows`,
      trainer,
      [range],
    );
    const job: Contender = { name: 'the trainer', run: train(EVERY_1000) };
    yield ratio(
      rounds,
      'stream job, embedded',
      `${conditions}, test, then train, a refit every 1,000 rows at windowRows 10,000`,
      job,
      [river.yardstick(10, () => rows().table, Math.min(rowCount, 30_000))],
    );
  } finally {
    await plain.close();
    river.close();
    await stream.close();
  }
}

async function* onServers(options: SuiteOptions, rows: () => StreamRows): AsyncIterable<Figure> {
  const { rounds, isQuick, tell } = options;
  const rowCount = isQuick ? 100_000 : 1_000_000;
  const servers = namedServers();
  if (servers === null) {
    const missing = 'KAFKA_BROKERS and REDIS_URL are not set';
    for (const name of ['ingest, Kafka', 'produce, Kafka']) {
      yield { kind: 'skipped', name, conditions: `${told(rowCount)} rows`, missing };
    }
    return;
  }
  const streams = new ServerStreams(servers.brokers, servers.redisUrl);
  try {
    const single = once(() => {
      tell('filling a topic with one row a message');
      return streams.filledTopic(messageValues(rows().lines, 1));
    });
    const hundred = once(() => {
      tell('filling a topic with 100 rows a message');
      return streams.filledTopic(messageValues(rows().lines, 100));
    });
    const train = (topic: () => Promise<string>): Contender => ({
      name: 'the trainer',
      run: async () =>
        streams.withModel(await topic(), (neighbours) => trained(neighbours, rowCount, BACKLOG)),
    });
    const refits = 'windowRows 10,000, refits of up to 10,000 new rows';
    yield ratio(
      rounds,
      'ingest, Kafka, one row a message',
      `${told(rowCount)} rows like Iris, ${refits}, seed ${SEED}`,
      train(single),
      [countingConsumer(streams, single, rowCount)],
    );
    yield ratio(
      rounds,
      'ingest, Kafka, 100 rows a message',
      `${told(rowCount)} rows like Iris, ${refits}, seed ${SEED}`,
      train(hundred),
      [javaConsumer(2, servers.brokers[0]!, single, rowCount), parsingConsumer(streams, hundred, rowCount)],
    );
    yield produced(options, streams, rows, rowCount / 5, 1);
    yield produced(options, streams, rows, rowCount, 100);
  } finally {
    await streams.close();
  }
}

/** The least that a program in this language does to read a topic. */
function countingConsumer(
  { kafkajs }: ServerStreams,
  topic: () => Promise<string>,
  messageCount: number,
): Yardstick {
  return {
    name: 'a kafkajs consumer that only counts',
    target: 0.8,
    run: async () => kafkajs.consume(await topic(), messageCount, () => undefined),
  };
}

function parsingConsumer(
  { kafkajs }: ServerStreams,
  topic: () => Promise<string>,
  rowCount: number,
): Yardstick {
  return {
    name: 'kafkajs and JSON.parse of every line',
    target: 1.5,
    async run() {
      let labelled = 0;
      const messagesPerSecond = await kafkajs.consume(await topic(), rowCount / 100, (value) => {
        for (const line of value.toString().split('\n')) {
          if ((JSON.parse(line) as { label: string }).label !== '') labelled++;
        }
      });
      if (labelled % rowCount !== 0) throw new Error(`kafkajs parsed ${labelled} of ${rowCount} rows`);
      return messagesPerSecond * 100;
    },
  };
}

/** Ours makes messages of rows; kafkajs is handed the same messages, ready. Each round has a topic of its own. */
function produced(
  { rounds }: SuiteOptions,
  streams: ServerStreams,
  rows: () => StreamRows,
  rowCount: number,
  rowsPerMessage: number,
): Figure {
  const source = once(() => sourceOf(rows().table, rowCount));
  const batches = once(() => {
    const values = messageValues(rows().lines.slice(0, rowCount), rowsPerMessage);
    const messages = values.map((value, i) => ({
      value,
      headers: { ...groupHeaders(source(), i * rowsPerMessage) },
    }));
    const perSend = rowsPerMessage === 1 ? 1_000 : 100;
    return Array.from({ length: messages.length / perSend }, (_, i) =>
      messages.slice(i * perSend, (i + 1) * perSend),
    );
  });
  const ours: Contender = {
    name: 'the producer',
    run: async () => {
      const rows = source();
      return streams.withLog(await streams.newTopic(), async ({ rowLog: log }) => {
        await log.append(0, [{ value: null }]);
        const begunMs = performance.now();
        await runProducer({
          log,
          rows,
          schema: irisSchema,
          ratePerSecond: null,
          rowsPerMessage,
          resume: false,
          clock: systemClock,
          signal: new AbortController().signal,
        });
        return (rowCount / (performance.now() - begunMs)) * 1_000;
      });
    },
  };
  const send: Yardstick = {
    name: `kafkajs send of prepared batches of ${rowsPerMessage === 1 ? '1,000' : '100'} messages`,
    target: 0.9,
    run: async () => {
      const ready = batches();
      return (await streams.kafkajs.send(await streams.newTopic(), ready)) * rowsPerMessage;
    },
  };
  const conditions = `${told(rowCount)} rows like Iris, ${told(rowsPerMessage)} a message, one send in flight, acks all, seed ${SEED}`;
  return ratio(rounds, 'produce, Kafka', conditions, ours, [send]);
}

type Flags = Partial<Record<SettingName, number>>;

async function trained(neighbours: TrainerNeighbours, rowCount: number, flags: Flags): Promise<number> {
  return (await trainAll(neighbours, rowCount, flags)).rowsPerSecond;
}

function ratio(
  rounds: number,
  name: string,
  conditions: string,
  ours: Contender,
  yardsticks: readonly (Yardstick | Missing)[],
): RatioFigure {
  const unit = 'rows/s';
  return { kind: 'ratio', name, conditions, unit, isLowerBetter: false, rounds, ours, yardsticks };
}

function told(rows: number): string {
  return rows.toLocaleString('en-US');
}
