import type { Contender, Figure, SuiteOptions } from '../harness/figure';
import { quantile } from '../harness/spread';
import { SEED, streamRows } from '../yardsticks/ingest-rows';
import { namedServers, ServerStreams } from '../yardsticks/ingest-servers';
import { EVERY_ROW, withEmbedded, withServers } from '../yardsticks/latency-pipelines';
import { type LivePipeline, rowToAnswerMs } from '../yardsticks/latency-stream';
import { swapFigure } from './latency-swap';

const NAME = 'latency, acknowledged row to an answer that holds it';

/** The latency from a row to a prediction that has learned it, and of predictions while versions change. */
export async function* latencySuite(options: SuiteOptions): AsyncIterable<Figure> {
  yield* onServers(options);
  yield* rowFigures(options, 'embedded, one process', [{ p: 0.5, atMost: 4 }], withEmbedded);
  yield swapFigure(options);
}

async function* onServers(options: SuiteOptions): AsyncIterable<Figure> {
  const named = namedServers();
  if (named === null) {
    const missing = 'KAFKA_BROKERS and REDIS_URL name no servers';
    yield { kind: 'skipped', name: NAME, conditions: 'Kafka and Redis', missing };
    return;
  }
  const streams = new ServerStreams(named.brokers, named.redisUrl);
  const bounds = [
    { p: 0.5, atMost: 8 },
    { p: 0.99, atMost: 30 },
  ];
  const withPipeline: WithPipeline = (history, use) => withServers(streams, history, use);
  try {
    yield* rowFigures(options, 'Kafka and Redis, three processes', bounds, withPipeline);
  } finally {
    await streams.close();
  }
}

type WithPipeline = <T>(
  history: readonly string[],
  use: (pipeline: LivePipeline) => Promise<T>,
) => Promise<T>;

/** One figure for each quantile. All quantiles share the rows of a round; the first quantile to need a round runs it. */
function* rowFigures(
  { rounds, isQuick }: SuiteOptions,
  where: string,
  bounds: readonly { readonly p: number; readonly atMost: number }[],
  withPipeline: WithPipeline,
): Iterable<Figure> {
  const { windowRows } = EVERY_ROW;
  const sent = isQuick ? 60 : 600;
  const { lines } = streamRows(windowRows + sent);
  const ran: Promise<number[]>[] = [];
  const round = (index: number) => {
    ran[index] ??= withPipeline(lines.slice(0, windowRows), (pipeline) =>
      rowToAnswerMs(pipeline, lines.slice(windowRows)),
    );
    return ran[index];
  };
  for (const { p, atMost } of bounds) {
    let next = 0;
    const ours: Contender = { name: where, run: async () => quantile(await round(next++), p) };
    yield {
      kind: 'bound',
      name: `${NAME}, p${p * 100}`,
      conditions: `${where}; windowRows 1,000, batchRows 1, ${sent} rows at 20 a second, seed ${SEED}`,
      unit: 'ms',
      rounds,
      ours,
      atMost,
    };
  }
}
