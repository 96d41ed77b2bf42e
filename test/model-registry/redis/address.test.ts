import { AlderError } from '../../../shared/errors';
import { parseRedisUrl } from '../../../shared/model-registry/redis/address';

function refusalOf(url: string): AlderError {
  try {
    parseRedisUrl(url);
  } catch (error) {
    if (error instanceof AlderError) return error;
  }
  throw new Error(`${url} was taken`);
}

describe('a Redis URL', () => {
  test('a Redis URL gives host, port, login and database, and its shown form has no login', () => {
    expect(parseRedisUrl('redis://alice:s%40crt@redis.internal:6390/3')).toEqual({
      host: 'redis.internal',
      port: 6_390,
      username: 'alice',
      password: 's@crt',
      database: 3,
      tls: false,
      shown: 'redis://redis.internal:6390/3',
    });
  });

  test('a Redis URL has port 6379, database 0 and no login by default', () => {
    expect(parseRedisUrl('redis://localhost')).toMatchObject({
      port: 6_379,
      database: 0,
      username: undefined,
      password: undefined,
    });
  });

  test('a Redis URL may have a password without a user', () => {
    expect(parseRedisUrl('redis://:pw@localhost')).toMatchObject({ username: undefined, password: 'pw' });
  });

  test('a Redis URL that begins with rediss means TLS', () => {
    expect(parseRedisUrl('rediss://localhost')).toMatchObject({
      tls: true,
      shown: 'rediss://localhost:6379/0',
    });
  });

  test('a Redis URL may have an IPv6 address in brackets', () => {
    expect(parseRedisUrl('redis://[::1]:7000')).toMatchObject({
      host: '::1',
      port: 7_000,
      shown: 'redis://[::1]:7000/0',
    });
  });

  test.each([
    'secret-word',
    'http://x:secret-word@localhost',
    'redis://x:secret-word@',
    'redis://x:secret-word@localhost/one',
    'redis://x:secret-word@localhost?commandTimeout=0',
    'redis://x:secret-word%zz@localhost',
    'redis://x:secret-word@localhost:99999',
  ])('an invalid Redis URL is refused without being repeated: %s', (url) => {
    const refusal = refusalOf(url);
    expect(refusal.code).toBe('setting-invalid');
    expect(`${refusal.stack} ${refusal.hint} ${String(refusal.cause)}`).not.toContain('secret-word');
  });
});
