import { Command, CommanderError } from 'commander';
import { codeVersion } from '../shared/runtime/package-info';
import { configCommand } from './commands/config';
import { predictCommand } from './commands/predict';
import { produceCommand } from './commands/produce';
import { replayCommand } from './commands/replay';
import { schemaCommand } from './commands/schema';
import { serveCommand } from './commands/serve';
import { showCommand } from './commands/show';
import { trainCommand } from './commands/train';
import { upCommand } from './commands/up';
import { verifyCommand } from './commands/verify';
import { versionsCommand } from './commands/versions';
import { exitStatusOf, reportFailure } from './failure';

/** The command line. Exit status 0: done; 1: it failed; 2: it was called wrongly. */
function buildProgram(): Command {
  const program = new Command('alder')
    .description('Trains decision trees from streams of rows and serves them over HTTP.')
    .version(codeVersion)
    .exitOverride()
    .showHelpAfterError('(run with --help for what is allowed)');
  const commands = [
    upCommand(),
    produceCommand(),
    trainCommand(),
    serveCommand(),
    predictCommand(),
    versionsCommand(),
    showCommand(),
    replayCommand(),
    verifyCommand(),
    schemaCommand(),
    configCommand(),
  ];
  for (const command of commands) program.addCommand(command.copyInheritedSettings(program));
  return program;
}

async function main(): Promise<void> {
  try {
    await buildProgram().parseAsync(process.argv);
    process.exitCode ??= 0;
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else {
      reportFailure(error);
      process.exitCode = exitStatusOf(error);
    }
  }
  // kafkajs may leave a socket behind after a broker's restart; everything of ours is closed by now.
  process.stdout.write('', () => process.exit());
}

void main();
