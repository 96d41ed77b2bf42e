import { type FailureForm, failureForm, reportFailure } from '../../cli/failure';
import { AlderError } from '../../shared/errors';

function written(error: unknown, form: FailureForm): string {
  const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    reportFailure(error, form);
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
  expect(written(error, 'text')).toBe(
    'alder: there is no topic rows (topic-missing)\n       name the topic with --topic\n',
  );
});

test('a failed command with --json writes one JSON object with code, message, hint and fields', () => {
  expect(JSON.parse(written(error, 'json'))).toEqual({
    code: 'topic-missing',
    message: 'there is no topic rows',
    hint: 'name the topic with --topic',
    fields: { topic: 'rows' },
  });
});

test('a broken invariant is written with its stack, also with --json', () => {
  expect(written(new AlderError('invariant', 'broken invariant: x'), 'json')).toMatch(/^alder: .*\n\s+at /);
});

test.each([
  [['up'], {}, 'text'],
  [['versions', '--json'], { ALDER_LOG: 'json' }, 'json'],
  [['up'], { ALDER_LOG: 'json' }, 'log'],
  [['up', '--log', 'json'], {}, 'log'],
  [['up', '--log=json'], {}, 'log'],
  [['up', '--log', 'text'], { ALDER_LOG: 'json' }, 'text'],
] as const)('the call %j with %j writes its failure as %s', (args, environment, form) => {
  expect(failureForm(args, environment)).toBe(form);
});
