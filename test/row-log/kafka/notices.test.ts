import { kafkaOutage, rateLimited } from '../../../shared/row-log/kafka/notices';

test('an outage of Kafka is reported once when it begins and once when it is over', () => {
  const given: string[] = [];
  let ms = 0;
  const clock = { monotonicMs: () => ms, sleep: async () => undefined };
  const outage = kafkaOutage('reading rows', (code, message) => given.push(`${code}: ${message}`), clock);
  outage.recovered();
  for (ms = 0; ms < 300; ms += 100) outage.failed(new Error('refused'));
  outage.recovered();
  outage.recovered();
  expect(given).toEqual([
    'kafka-trouble: reading rows: refused; trying again until it answers',
    'kafka-recovered: reading rows: answers again after 300 ms',
  ]);
});

test('a message that repeats within ten seconds is dropped', () => {
  const given: string[] = [];
  let ms = 0;
  const notice = rateLimited(
    (_, message) => given.push(`${message} at ${ms}`),
    () => ms,
  );
  for (ms = 0; ms <= 20_000; ms += 2_500) notice('kafka-client', 'refused');
  expect(given).toEqual(['refused at 0', 'refused at 10000', 'refused at 20000']);
});
