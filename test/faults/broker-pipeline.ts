import { join } from 'node:path';
import { isAlderError } from '../../shared/errors';
import type { ModelRegistry } from '../../shared/model-registry/model-registry';
import { waitUntil } from '../kills/long-wait';
import { writeRows } from '../kills/numbered-rows';
import { RowsInLog } from '../kills/rows-in-log';
import { SeenVersions } from '../kills/seen-versions';
import { brokenLinks, counted, outcome, TRAINING, trainToEnd, verifyAll } from '../kills/verdict';
import type { AlderProcess, AlderProcesses } from '../support/alder-process';
import type { LiveServers } from '../support/live';
import { isAtEnd, livePlace, newestRecord, type ScenarioPlace } from '../support/scenario-places';
import { freePort } from './servers/free-port';

const ROWS_PER_SECOND = 200;
/** Ten minutes of rows: the file does not end before the faults do. */
const FILE_ROWS = 120_000;
/** Longer than the longest outage here and the pauses between retries after it. */
const GOES_ON_MS_MAX = 120_000;
const LINES_TOLD = 20;

/** A producer that numbers its rows and a trainer that follows, both as processes, on brokers that a test breaks. */
export class BrokerPipeline {
  private constructor(
    readonly place: ScenarioPlace,
    readonly registry: ModelRegistry,
    readonly rows: RowsInLog,
    readonly seen: SeenVersions,
    readonly producer: AlderProcess,
    readonly trainer: AlderProcess,
    private readonly producerPort: number,
  ) {}

  static async start(
    alder: AlderProcesses,
    servers: LiveServers,
    partitions: number,
  ): Promise<BrokerPipeline> {
    const place = await livePlace(servers)(partitions);
    const registry = await place.registry(`${place.topic}-tried`);
    const { environment } = place;
    const file = join(alder.newFolder(), 'numbered.csv');
    writeRows(file, FILE_ROWS);
    const port = await freePort();
    const flags = ['--resume', '--json', '--rate', String(ROWS_PER_SECOND)];
    const producer = alder.start(['produce', file, ...flags], {
      environment: {
        ...environment,
        ALDER_SCHEMA: TRAINING.ALDER_SCHEMA,
        ALDER_PRODUCER_PORT: String(port),
      },
    });
    const trainer = alder.start(['train', '--model', registry.model], {
      environment: { ...environment, ...TRAINING },
    });
    await trainer.line(/ · version 1 live/);
    return new BrokerPipeline(
      place,
      registry,
      new RowsInLog(place.log),
      new SeenVersions(registry),
      producer,
      trainer,
      port,
    );
  }

  /** How many rows are acknowledged, as the producer says. */
  async acknowledged(): Promise<number> {
    const answer = await fetch(`http://127.0.0.1:${this.producerPort}/readyz`);
    return ((await answer.json()) as { rowsInLog: number }).rowsInLog;
  }

  /** Waits until so many more rows are acknowledged and a version stands for as many: both roles go on. */
  private async goesOn(rows: number): Promise<void> {
    const wanted = (await this.acknowledged()) + rows;
    const acknowledged = () => this.acknowledged();
    const learned = () => learnedRows(this.registry);
    try {
      await waitUntil(`${wanted} acknowledged rows`, GOES_ON_MS_MAX, acknowledged, (so) => so >= wanted);
      await waitUntil(`a version of ${wanted} rows`, GOES_ON_MS_MAX, learned, (so) => so >= wanted);
    } catch (error) {
      const said = [this.producer, this.trainer].map(({ stderr }) => stderr.slice(-LINES_TOLD).join('\n'));
      throw new Error(`${String(error)}\nproducer:\n${said[0]}\ntrainer:\n${said[1]}`);
    }
  }

  /**
   * What is wrong after one fault, in words; empty when nothing is. The same processes must go on, every row in the log
   * be the one that belongs there, and what was published before be as it was. Throws when a role does not go on.
   */
  async faultsAfter(rows: number): Promise<string[]> {
    await this.goesOn(rows);
    await this.rowsInLog();
    await this.seen.noteAfter(this.trainer);
    return (await this.seen.changed()).map(({ version }) => `version ${version} is gone or changed`);
  }

  /** How many rows the log holds, each checked. A broker that is away is asked again; a wrong row throws at once. */
  private async rowsInLog(): Promise<number> {
    const look = () =>
      this.rows.check().catch((error: unknown) => {
        if (isAlderError(error) && error.canRetry) return null;
        return error as Error;
      });
    const seen = await waitUntil('the log to answer', GOES_ON_MS_MAX, look, (rows) => rows !== null);
    if (typeof seen === 'number') return seen;
    throw seen;
  }

  /** What is wrong after all faults, in words; empty when nothing is. Ends both roles. */
  async verdict(alder: AlderProcesses): Promise<string[]> {
    const { place, registry, producer, trainer, seen } = this;
    const faults: string[] = [];
    const { status, stdout } = await producer.end('SIGINT');
    if (status !== 0) faults.push(`the producer ended with ${status}`);
    const { acknowledged } = JSON.parse(stdout.at(-1)!) as { acknowledged: number };
    const held = await this.rowsInLog();
    if (held < acknowledged) faults.push(`${acknowledged} rows were acknowledged, the log holds ${held}`);
    // The last row may be a bad one, behind which no version can stand.
    const value = JSON.stringify({ data: [5.1, 3.5, 1.4, 0.2], label: 'setosa' });
    for (const { partition } of await place.log.bounds()) await place.log.append(partition, [{ value }]);
    const isDone = async () => isAtEnd(await newestRecord(registry), place.log);
    await waitUntil("the version at the log's end", GOES_ON_MS_MAX, isDone, Boolean);
    if ((await trainer.end('SIGINT')).status !== 0) faults.push('the trainer did not end well');
    const tried = (await newestRecord(registry))!;
    const calm = await trainToEnd(alder, place, await place.registry(`${place.topic}-calm`));
    const [seenOutcome, calmOutcome] = [outcome(tried), outcome(calm)].map((each) => JSON.stringify(each));
    if (seenOutcome !== calmOutcome) faults.push(`${seenOutcome} is not the calm run's ${calmOutcome}`);
    const { inLog, messages, skipped, accepted, rejected } = await counted(tried, place);
    if (messages !== inLog || skipped !== 0 || accepted + rejected !== inLog)
      faults.push(
        `${inLog} messages are counted as ${messages}, ${accepted} + ${rejected}, skipped ${skipped}`,
      );
    for (const { version } of await seen.changed()) faults.push(`version ${version} is gone or changed`);
    faults.push(...(await brokenLinks(registry)));
    await verifyAll(alder, place, registry.model);
    return faults;
  }

  async close(): Promise<void> {
    await this.place.remove();
  }
}

/** Messages that the newest version stands for. */
async function learnedRows(registry: ModelRegistry): Promise<number> {
  const record = await newestRecord(registry);
  return record?.lineage.reduce((sum, { messages }) => sum + messages, 0) ?? 0;
}
