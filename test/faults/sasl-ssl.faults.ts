import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { keysOf } from '../../shared/model-registry/redis/keys';
import { eventually, postJson, useAlder } from '../support/alder-process';
import { IRIS_TREE_DIGEST } from '../support/iris-digest';
import { uniqueName } from '../support/live';
import { describeOwnBrokers } from './servers/describe-faults';
import { PASSWORD, type SecureBroker, startSecureBroker, USERNAME } from './servers/secure-broker';

const IRIS = join(__dirname, '../../data/iris.csv');
const TEST_MS_MAX = 120_000;

describeOwnBrokers('a Kafka broker behind TLS and a password', ({ redisUrl }) => {
  const alder = useAlder();
  const models: string[] = [];
  let secure: SecureBroker;
  let caFile: string;
  let folder: string;

  /** Settings of a process that may do everything; `changes` spoil some of them. */
  function environmentOf(mechanism: string, password: string): Record<string, string> {
    const name = uniqueName('secure');
    models.push(name);
    const passwordFile = join(folder, name);
    writeFileSync(passwordFile, `${password}\n`);
    return {
      KAFKA_BROKERS: secure.broker.address,
      REDIS_URL: redisUrl,
      PORT: '0',
      ALDER_PRODUCER_PORT: '0',
      ALDER_TOPIC: name,
      ALDER_MODEL: name,
      ALDER_KAFKA_SSL_CA_FILE: caFile,
      ALDER_KAFKA_SASL_MECHANISM: mechanism,
      ALDER_KAFKA_SASL_USERNAME: USERNAME,
      ALDER_KAFKA_SASL_PASSWORD_FILE: passwordFile,
    };
  }

  beforeAll(async () => {
    secure = await startSecureBroker();
    folder = alder.newFolder();
    caFile = join(folder, 'ca.pem');
    writeFileSync(caFile, secure.certificate);
  }, TEST_MS_MAX);

  afterAll(async () => {
    const admin = new Redis(redisUrl);
    for (const model of models) {
      const { changes: _, ...keys } = keysOf(model);
      await admin.del(...Object.values(keys));
    }
    await admin.quit();
    await secure?.broker.remove();
  }, TEST_MS_MAX);

  test.each([['plain'], ['scram-sha-256'], ['scram-sha-512']])(
    'the whole main job runs over TLS with the login %s',
    async (mechanism) => {
      const environment = environmentOf(mechanism, PASSWORD);
      const up = alder.start(['up'], { environment });
      await up.line(/^all 150 rows are in; version 15 serves/);
      await up.line(new RegExp(`^tree ${IRIS_TREE_DIGEST}$`));
      const url = await up.url();
      const predict = async () => {
        const answer = await postJson(`${url}/serve_decision_tree`, { data: [5.1, 3.5, 1.4, 0.2] });
        return (await answer.json()) as { prediction: string; version: number };
      };
      const served = await eventually(predict, ({ version }) => version === 15);
      expect(served.prediction).toBe('setosa');
      const replayed = await alder.run(['replay', 'all', '--json'], { environment });
      expect([replayed.status, replayed.stdout.length]).toEqual([0, 15]);
      expect((await up.end('SIGINT')).status).toBe(0);
    },
    TEST_MS_MAX,
  );

  test.each([['plain'], ['scram-sha-512']])(
    'a wrong password ends the start at once, with a hint (%s)',
    async (mechanism) => {
      const environment = environmentOf(mechanism, 'not the password');
      const { status, stderr } = await alder.run(['produce', IRIS], { environment });
      expect(status).toBe(1);
      expect(stderr.join('\n')).toMatch(/\(log-failed\)/);
      expect(stderr.join('\n')).toMatch(/check user, password and mechanism/);
      expect(stderr.join('\n')).not.toContain('not the password');
    },
    TEST_MS_MAX,
  );

  test(
    'an unknown certificate authority is named while the start waits',
    async () => {
      const { ALDER_KAFKA_SSL_CA_FILE: _, ...environment } = environmentOf('plain', PASSWORD);
      const producer = alder.start(['produce', IRIS], {
        environment: { ...environment, ALDER_KAFKA_SSL: 'true' },
      });
      await producer.line(/self-signed certificate/);
      await producer.end('SIGKILL');
    },
    TEST_MS_MAX,
  );
});
