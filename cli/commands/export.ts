import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { loadKnownVersion } from '../../services/trainer/versions/live-versions';
import { AlderError } from '../../shared/errors';
import { encodeAs, TREE_FORMAT_NAMES, treeFormatByName } from '../../shared/tree-formats/formats';
import { resolveVersion, unknownVersion } from '../load-version';
import { withRegistry } from '../open-backend';
import { SETTING_GROUPS, settingsOf, withSettings } from '../options';

/** `alder export V --format onnx`: a version's tree in a format of other programs. */
export function exportCommand(): Command {
  const command = new Command('export')
    .description("write a version's tree for other programs, to stdout or a file")
    .argument('<version>', 'number or alias')
    .option('--format <name>', TREE_FORMAT_NAMES.join(', '), 'json')
    .option('--output <file>', 'the file to write (default: stdout)')
    .addHelpText('after', '\nExample:\n  alder export champion --format onnx --output tree.onnx');
  return withSettings(command, SETTING_GROUPS.backend).action(
    async (versionOrAlias: string, { format, output, ...flags }: Record<string, unknown>) => {
      const name = formatNamed(String(format));
      if (name === 'onnx' && output === undefined && process.stdout.isTTY === true)
        throw new AlderError('usage', 'onnx is binary: name a file with --output, or pipe it to a program');
      const written = await withRegistry(settingsOf(flags), async (registry) => {
        const version = await resolveVersion(registry, versionOrAlias);
        const known = await loadKnownVersion(registry, version);
        if (known === null) throw unknownVersion(registry, version);
        const { digest } = known.record.tree;
        return encodeAs(name, known.tree, { model: registry.model, version, digest });
      });
      if (output === undefined) process.stdout.write(written);
      else writeOut(String(output), written);
    },
  );
}

function formatNamed(name: string) {
  try {
    return treeFormatByName(name);
  } catch {
    throw new AlderError('usage', `there is no format "${name}"`, {
      hint: `allowed: ${TREE_FORMAT_NAMES.join(', ')}`,
      fields: { format: name },
    });
  }
}

function writeOut(file: string, written: string | Uint8Array): void {
  try {
    writeFileSync(file, written);
  } catch (cause) {
    throw new AlderError('file-unwritable', `${file} cannot be written`, { cause, fields: { file } });
  }
}
