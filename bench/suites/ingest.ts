import { runProducer } from '../../services/producer/producer';
import { groupHeaders } from '../../services/producer/row-messages';
import { systemClock } from '../../shared/runtime/clock';
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
import { trainAll } from '../yardsticks/ingest-trainer';
import { BACKLOG, EVERY_1000, FLOOD, type TrainerSettings, trainedFigure } from './ingest-trained';

/** Rows per second from a log into a window and its versions, and from a file into a log. */
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
  const train = async (flags: TrainerSettings['flags']) => {
    await filled();
    return stream.withModel((neighbours) => trainAll(neighbours, rowCount, flags));
  };
  const hundreds = new EmbeddedStream();
  const filledHundreds = once(() => hundreds.fill(messageValues(rows().lines, 100)));
  const trainHundreds = async (flags: TrainerSettings['flags']) => {
    await filledHundreds();
    return hundreds.withModel((neighbours) => trainAll(neighbours, rowCount, flags));
  };
  try {
    const reading: Contender = {
      name: 'the log read in blocks',
      run: prepared(() => stream.readAll(rowCount)),
    };
    yield ratio(rounds, 'ingest, embedded log, reading', conditions, reading, [range]);
    const name = 'ingest, embedded log, into the window';
    yield trainedFigure(rounds, name, conditions, BACKLOG, train, [range]);
    yield trainedFigure(rounds, name, conditions, FLOOD, train, [range]);
    const byHundreds = conditions.replace('one', '100');
    const apart: Yardstick = { ...range, name: 'a plain lmdb range read of the same rows, one a value' };
    yield trainedFigure(rounds, name, byHundreds, FLOOD, trainHundreds, [apart]);
    yield trainedFigure(rounds, 'stream job, embedded', conditions, EVERY_1000, train, [
      river.yardstick(10, () => rows().table, Math.min(rowCount, 30_000)),
    ]);
  } finally {
    await plain.close();
    river.close();
    await stream.close();
    await hundreds.close();
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
    const train = (topic: () => Promise<string>) => async (flags: TrainerSettings['flags']) =>
      streams.withModel(await topic(), (neighbours) => trainAll(neighbours, rowCount, flags));
    const conditions = `${told(rowCount)} rows like Iris, seed ${SEED}`;
    for (const settings of [BACKLOG, FLOOD]) {
      yield trainedFigure(rounds, 'ingest, Kafka, one row a message', conditions, settings, train(single), [
        countingConsumer(streams, single, rowCount),
      ]);
      yield trainedFigure(rounds, 'ingest, Kafka, 100 rows a message', conditions, settings, train(hundred), [
        javaConsumer(2, servers.brokers[0]!, single, rowCount),
        parsingConsumer(streams, hundred, rowCount),
      ]);
    }
    yield produced(options, streams, rows, rowCount / 5, 1);
    yield produced(options, streams, rows, rowCount, 100);
  } finally {
    await streams.close();
  }
}

/** The minimal work of a Node program that reads a topic. */
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

/** Alder builds messages from rows; kafkajs receives the same messages ready-made. Each round has a new topic. */
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
