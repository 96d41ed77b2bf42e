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

describe('loadCommands', () => {
  it.each(NAMES)('gives the command %s alone to a call that names it', async (name) => {
    expect(await namesFor(name, '--data-dir', 'up')).toEqual([name]);
  });

  it('looks past options for the command', async () => {
    expect(await namesFor('--version', 'show')).toEqual(['show']);
  });

  it.each([[[]], [['--help']], [['help', 'up']], [['uo']], [['constructor']]])(
    'gives every command, in the order of the help, to %j',
    async (args) => {
      expect(await namesFor(...args)).toEqual(NAMES);
    },
  );
});
