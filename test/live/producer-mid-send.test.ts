import { join } from 'node:path';
import { freePort } from '../faults/servers/free-port';
import { endingWell, writeRows } from '../kills/numbered-rows';
import { RowsInLog } from '../kills/rows-in-log';
import { type AlderProcess, eventually, useAlder } from '../support/alder-process';
import { openKafkaProxy } from '../support/kafka-proxy';
import { describeLive } from '../support/live';
import { livePlace, type ScenarioPlace } from '../support/scenario-places';
import type { TcpProxy } from '../support/tcp-proxy';

const PARTITIONS = 3;
const FILE_ROWS = endingWell(1_000);
/** So slow that the file is far from its end when the producer dies. */
const ROWS_PER_SECOND = 50;

/** What the network keeps back when the producer dies: its last batch, or only the broker's answer to it. */
const HELD = ['everything', 'replies'] as const;

describeLive('a producer killed in mid-send, on Kafka', (servers) => {
  describe.each(HELD)('while the network holds back %s', (held) => {
    const alder = useAlder();
    let place: ScenarioPlace;
    let proxy: TcpProxy;
    let file: string;
    let rows: RowsInLog;
    let port: number;
    let signal: NodeJS.Signals | null;
    let acknowledged: number;
    let rowsAfterKill: number;

    const produce = (brokers: string, ...flags: string[]): AlderProcess =>
      alder.start(['produce', file, '--resume', ...flags], {
        environment: { ...place.environment, KAFKA_BROKERS: brokers, ALDER_PRODUCER_PORT: String(port) },
      });

    /** How many of the file's rows the running producer knows to be acknowledged. */
    async function rowsAcknowledged(): Promise<number> {
      const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
      return ((await answer.json()) as { rowsInLog: number }).rowsInLog;
    }

    /** One send is in flight at a time: when a request is delayed first, no answer was on its way. */
    async function holdARequest(): Promise<void> {
      for (;;) {
        proxy.hold('everything');
        const isRequest = await Promise.race([
          proxy.heldBack('requests').then(() => true),
          proxy.heldBack('replies').then(() => false),
        ]);
        if (isRequest) return;
        proxy.release();
      }
    }

    beforeAll(async () => {
      place = await livePlace(servers)(PARTITIONS);
      proxy = await openKafkaProxy(servers.kafkaBrokers[0]!);
      port = await freePort();
      file = join(alder.newFolder(), 'numbered.csv');
      writeRows(file, FILE_ROWS);
      rows = new RowsInLog(place.log);
      const producer = produce(`127.0.0.1:${proxy.port}`, '--rate', String(ROWS_PER_SECOND));
      await eventually(rowsAcknowledged, (count) => count > PARTITIONS);
      if (held === 'everything') await holdARequest();
      else {
        proxy.hold('replies');
        await proxy.heldBack('replies');
      }
      // A batch that reached the log cannot be acknowledged while its answer is delayed.
      if (held === 'replies') {
        acknowledged = await rowsAcknowledged();
        await eventually(
          () => rows.check(),
          (count) => count > acknowledged,
        );
      }
      acknowledged = await rowsAcknowledged();
      ({ signal } = await producer.end('SIGKILL'));
      rowsAfterKill = await rows.check();
    }, 60_000);

    afterAll(async () => {
      await proxy.close();
      await place.remove();
    }, 30_000);

    test('the producer died of signal 9, after acknowledged rows and before the end of its file', () => {
      expect(signal).toBe('SIGKILL');
      expect(acknowledged).toBeGreaterThan(0);
      expect(rowsAfterKill).toBeLessThan(FILE_ROWS);
    });

    test(
      held === 'replies'
        ? 'a batch was sent and in the log, and not acknowledged'
        : 'a batch was sent and did not arrive; what was acknowledged is in the log',
      () => {
        if (held === 'replies') expect(rowsAfterKill).toBeGreaterThan(acknowledged);
        else expect(rowsAfterKill).toBe(acknowledged);
      },
    );

    test('the producer that starts again sends the missing rows: every row of the file once, in its order', async () => {
      const { status, stdout } = await produce(place.environment.KAFKA_BROKERS!, '--json').exited;
      expect(status).toBe(0);
      expect(JSON.parse(stdout.at(-1)!)).toMatchObject({
        rows: FILE_ROWS,
        alreadyInLog: rowsAfterKill,
        acknowledged: FILE_ROWS - rowsAfterKill,
      });
      expect(await rows.check()).toBe(FILE_ROWS);
    }, 30_000);
  });
});
