import type { Command } from 'commander';

/** Every command with its loader, in the order of the help. A call loads one command; only the help loads all. */
const LOADERS: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ['up', async () => (await import('./commands/up')).upCommand()],
  ['produce', async () => (await import('./commands/produce')).produceCommand()],
  ['train', async () => (await import('./commands/train')).trainCommand()],
  ['serve', async () => (await import('./commands/serve')).serveCommand()],
  ['predict', async () => (await import('./commands/predict')).predictCommand()],
  ['versions', async () => (await import('./commands/versions')).versionsCommand()],
  ['show', async () => (await import('./commands/versions')).showCommand()],
  ['diff', async () => (await import('./commands/diff')).diffCommand()],
  ['export', async () => (await import('./commands/export')).exportCommand()],
  ['import', async () => (await import('./commands/import')).importCommand()],
  ['promote', async () => (await import('./commands/champion')).promoteCommand()],
  ['rollback', async () => (await import('./commands/champion')).rollbackCommand()],
  ['release', async () => (await import('./commands/champion')).releaseCommand()],
  ['alias', async () => (await import('./commands/alias')).aliasCommand()],
  ['journal', async () => (await import('./commands/journal')).journalCommand()],
  ['replay', async () => (await import('./commands/replay')).replayCommand()],
  ['verify', async () => (await import('./commands/verify')).verifyCommand()],
  ['rejected', async () => (await import('./commands/rejected')).rejectedCommand()],
  ['backup', async () => (await import('./commands/backup')).backupCommand()],
  ['restore', async () => (await import('./commands/backup')).restoreCommand()],
  ['schema', async () => (await import('./commands/schema')).schemaCommand()],
  ['codes', async () => (await import('./commands/codes')).codesCommand()],
  ['config', async () => (await import('./commands/config')).configCommand()],
]);

/**
 * The command that the arguments name, or all commands where they name none. No option before a command takes a value,
 * so the first word that is no option is the command.
 */
export async function loadCommands(args: readonly string[]): Promise<Command[]> {
  const named = LOADERS.get(args.find((arg) => !arg.startsWith('-')) ?? '');
  return named === undefined ? Promise.all([...LOADERS.values()].map((load) => load())) : [await named()];
}
