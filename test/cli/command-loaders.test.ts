import { loadCommands } from '../../cli/command-loaders';

const NAMES = [
  'up',
  'produce',
  'train',
  'serve',
  'predict',
  'versions',
  'show',
  'diff',
  'export',
  'import',
  'promote',
  'rollback',
  'release',
  'alias',
  'journal',
  'replay',
  'verify',
  'rejected',
  'backup',
  'restore',
  'schema',
  'codes',
  'config',
];

async function namesFor(...args: string[]): Promise<string[]> {
  return (await loadCommands(args)).map((command) => command.name());
}

test.each(NAMES)('a call that names the command %s loads this command alone', async (name) => {
  expect(await namesFor(name, '--data-dir', 'up')).toEqual([name]);
});

test('options before the command do not hide the command', async () => {
  expect(await namesFor('--version', 'show')).toEqual(['show']);
});

test.each([[[]], [['--help']], [['help', 'up']], [['uo']], [['constructor']]])(
  'the arguments %j load every command, in the order of the help',
  async (args) => {
    expect(await namesFor(...args)).toEqual(NAMES);
  },
);
