import { OwnBroker } from './own-broker';

const KEYSTORE = '/tmp/broker.p12';
const CERTIFICATE = '/tmp/broker.pem';
const KEYSTORE_PASSWORD = 'keystore-of-a-test';

export const USERNAME = 'alder';
export const PASSWORD = 'password-of-a-test';

const keytool = (what: string) =>
  `keytool ${what} -alias broker -keystore ${KEYSTORE} -storepass ${KEYSTORE_PASSWORD}`;

/** Made anew with each container, so that no key lies in the repository. */
const MAKE_CERTIFICATE = [
  `[ -f ${KEYSTORE} ] || ${keytool('-genkeypair')} -storetype PKCS12 -keyalg RSA -keysize 2048 -validity 2 -dname CN=broker -ext SAN=dns:localhost,ip:127.0.0.1`,
  `${keytool('-exportcert')} -rfc -file ${CERTIFICATE}`,
];

const login = (module: string, fields = '') =>
  `org.apache.kafka.common.security.${module} required${fields};`;

const ENVIRONMENT = {
  KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'HOST:SASL_SSL,NET:PLAINTEXT,CONTROLLER:PLAINTEXT',
  KAFKA_SSL_KEYSTORE_LOCATION: KEYSTORE,
  KAFKA_SSL_KEYSTORE_TYPE: 'PKCS12',
  KAFKA_SSL_KEYSTORE_PASSWORD: KEYSTORE_PASSWORD,
  KAFKA_SSL_KEY_PASSWORD: KEYSTORE_PASSWORD,
  KAFKA_SASL_ENABLED_MECHANISMS: 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
  KAFKA_LISTENER_NAME_HOST_PLAIN_SASL_JAAS_CONFIG: login(
    'plain.PlainLoginModule',
    ` user_${USERNAME}="${PASSWORD}"`,
  ),
  // Three underscores stand for a hyphen.
  KAFKA_LISTENER_NAME_HOST_SCRAM___SHA___256_SASL_JAAS_CONFIG: login('scram.ScramLoginModule'),
  KAFKA_LISTENER_NAME_HOST_SCRAM___SHA___512_SASL_JAAS_CONFIG: login('scram.ScramLoginModule'),
};

export interface SecureBroker {
  readonly broker: OwnBroker;
  /** PEM text of the broker's certificate, which is its own authority. */
  readonly certificate: string;
}

/** A broker that clients reach over TLS and with a password only. */
export async function startSecureBroker(): Promise<SecureBroker> {
  const broker = await OwnBroker.start({ nodeId: 1, environment: ENVIRONMENT, before: MAKE_CERTIFICATE });
  // Kafka takes one password of a user a time.
  for (const mechanism of ['SCRAM-SHA-256', 'SCRAM-SHA-512'])
    await broker.run(
      ...['/opt/kafka/bin/kafka-configs.sh', '--bootstrap-server', 'localhost:19092', '--alter'],
      ...['--add-config', `${mechanism}=[password=${PASSWORD}]`],
      ...['--entity-type', 'users', '--entity-name', USERNAME],
    );
  return { broker, certificate: await broker.run('cat', CERTIFICATE) };
}
