import { isBrokerList, maskedUrl } from '../../shared/settings/addresses';
import { resolveSettings } from '../../shared/settings/settings';

test.each(['', 'localhost:9092', 'a.b-c.internal:1, 10.0.0.7:65535', '[::1]:9092', 'KAFKA_1:9092'])(
  'a broker list may be %j',
  (text) => expect(isBrokerList(text)).toBe(true),
);

test.each([
  '127.0.0.1',
  'kafka://127.0.0.1:19092',
  'PLAINTEXT://broker:9092',
  'broker:',
  'broker:0',
  'broker:65536',
  'broker:9092,',
  ',broker:9092',
  'broker:9092 other:9092',
  ':9092',
  '::1:9092',
  'bro ker:9092',
])('a broker list that can never work is refused at the start: %j', (text) => {
  expect(isBrokerList(text)).toBe(false);
  if (text === '') return;
  expect(() => resolveSettings({}, { KAFKA_BROKERS: text, REDIS_URL: 'redis://localhost' })).toThrow(
    expect.objectContaining({
      code: 'setting-invalid',
      message: expect.stringContaining('KAFKA_BROKERS'),
      hint: 'allowed: host:port, several joined by commas',
    }),
  );
});

test.each([
  ['', ''],
  ['redis://localhost:6379/0', 'redis://localhost:6379/0'],
  ['redis://alice:s3cret@redis:6379', 'redis://***@redis:6379'],
  ['rediss://:s3c:r@et@redis', 'rediss://***@redis'],
  ['s3cret', '***'],
])('the URL %j is shown as %j', (url, shown) => {
  expect(maskedUrl(url)).toBe(shown);
});
