import { Command, CommanderError } from 'commander';
import { codeVersion } from '../shared/runtime/package-info';
import { loadCommands } from './command-loaders';
import { exitStatusOf, failureForm, reportFailure } from './failure';

/** The command line. Exit status 0: done; 1: the command failed; 2: the command was called wrongly. */
async function buildProgram(args: readonly string[]): Promise<Command> {
  const program = new Command('alder')
    .description('Trains decision trees from streams of rows and serves them over HTTP.')
    .version(codeVersion)
    .exitOverride()
    .showHelpAfterError('(run with --help for what is allowed)');
  for (const command of await loadCommands(args)) program.addCommand(command.copyInheritedSettings(program));
  return program;
}

async function main(): Promise<void> {
  process.stdout.on('error', endWithReader);
  try {
    const program = await buildProgram(process.argv.slice(2));
    await program.parseAsync(process.argv);
    process.exitCode ??= 0;
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else {
      reportFailure(error, failureForm(process.argv, process.env));
      process.exitCode = exitStatusOf(error);
    }
  }
  // kafkajs may leave a socket open after a broker's restart, which would keep the process alive.
  process.stdout.write('', () => process.exit());
}

/** Ends the process when the reader of stdout has closed it, as `head` does after its lines. */
function endWithReader(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
}

void main();
