import { reportFailure } from '../../cli/failure';
import { AlderError } from '../../shared/errors';

function written(error: unknown, isJson: boolean): string {
  const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    reportFailure(error, isJson);
    return write.mock.calls.map(([text]) => String(text)).join('');
  } finally {
    write.mockRestore();
  }
}

const error = new AlderError('topic-missing', 'there is no topic rows', {
  hint: 'name the topic with --topic',
  fields: { topic: 'rows' },
});

test('a failed command writes message, code and hint to stderr', () => {
  expect(written(error, false)).toBe(
    'alder: there is no topic rows (topic-missing)\n       name the topic with --topic\n',
  );
});

test('a failed command with --json writes one JSON object with code, message, hint and fields', () => {
  expect(JSON.parse(written(error, true))).toEqual({
    code: 'topic-missing',
    message: 'there is no topic rows',
    hint: 'name the topic with --topic',
    fields: { topic: 'rows' },
  });
});

test('a broken invariant is written with its stack, also with --json', () => {
  expect(written(new AlderError('invariant', 'broken invariant: x'), true)).toMatch(/^alder: .*\n\s+at /);
});
