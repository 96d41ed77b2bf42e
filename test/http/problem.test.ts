import { problemBody } from '../../shared/api/operation';
import { AlderError, OPERATING_FAULTS, REQUEST_FAULTS, ROW_FAULTS } from '../../shared/errors';
import { FAULTS_MAX, problem, problemOf } from '../../shared/http/problem';

test.each([...ROW_FAULTS, ...REQUEST_FAULTS, ...OPERATING_FAULTS])(
  '%s becomes a problem document',
  (code) => {
    const answer = problem(code);
    const body = problemBody.parse(JSON.parse(answer.body));
    expect(body.status).toBe(answer.status);
    expect(body.title).not.toBe('Error');
    expect([code, 'internal']).toContain(body.code);
    expect(answer.headers['retry-after'] !== undefined).toBe(answer.status === 503);
  },
);

test('an operating fault that clients do not see is answered as internal, without its message', () => {
  const answer = problemOf(new AlderError('log-replaced', 'the secret of the log'));
  expect(answer.status).toBe(500);
  expect(answer.body).not.toContain('secret');
  expect(problemOf(new TypeError('a secret')).body).not.toContain('secret');
});

test('a problem document names at most twenty faults', () => {
  const faults = Array.from({ length: 30 }, (_, i) => ({
    pointer: `/data/${i}`,
    code: 'feature-count' as const,
  }));
  expect(JSON.parse(problem('feature-count', { faults }).body).errors).toEqual(faults.slice(0, FAULTS_MAX));
});
