import { Command } from 'commander';
import { rejectedListCommand } from './rejected-list';
import { rejectedReplayCommand } from './rejected-replay';

/** `alder rejected list | replay`: the rows that broke a rule. */
export function rejectedCommand(): Command {
  const command = new Command('rejected')
    .description('list the rows that were rejected, or send them back to the topic after a schema fix')
    // Its own commands are called wrongly with status 2, as all others are.
    .exitOverride()
    .showHelpAfterError('(run with --help for what is allowed)');
  for (const make of [rejectedListCommand, rejectedReplayCommand]) {
    command.addCommand(make(command).copyInheritedSettings(command));
  }
  return command;
}
