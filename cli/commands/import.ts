import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { Command } from 'commander';
import { importVersion } from '../../services/trainer/versions/import-version';
import { AlderError } from '../../shared/errors';
import { accuracy } from '../../shared/evaluation/accuracy';
import type { VersionRecord } from '../../shared/model-registry/version-record';
import { systemClock } from '../../shared/runtime/clock';
import { codeVersion } from '../../shared/runtime/package-info';
import { IMPORT_BYTES_MAX, importOnnx } from '../../shared/tree-formats/onnx/import-onnx';
import { userName } from '../alias-change';
import { openBackend } from '../open-backend';
import { SETTING_GROUPS, settingsOf, withSettings } from '../options';
import { readSchemaFile } from '../row-source';
import { openLog, Terminal } from '../terminal';

/** `alder import FILE`: a scikit-learn tree in an ONNX file becomes the next version. */
export function importCommand(): Command {
  const command = new Command('import')
    .description('store a scikit-learn decision tree, converted by skl2onnx, as the next version')
    .argument('<file>', 'ONNX file with one decision tree on the features and classes of the schema')
    .option('--json', "the version's record")
    .addHelpText('after', '\nExample:\n  alder import tree.onnx && alder promote latest');
  return withSettings(command, [
    ...SETTING_GROUPS.backend,
    'startAt',
    'windowRows',
    'holdoutShare',
    'maxDepth',
    'minLeafRows',
    'keepVersions',
  ]).action(async (file: string, { json, ...flags }: Record<string, unknown>) => {
    const settings = settingsOf(flags);
    const schema = readSchemaFile(settings.schema);
    const names = { featureNames: schema.features.map(({ name }) => name), classNames: schema.label.classes };
    const { tree, fileDigest, producer } = importOnnx(readModel(file), names);
    const log = openLog(settings.log, 'import', new Terminal(process.stderr));
    const backend = openBackend(settings, log);
    try {
      const registry = await backend.registry();
      const { rowLog } = await backend.rowLog();
      const context = {
        rowLog,
        registry,
        schema,
        settings,
        clock: systemClock,
        log,
        by: userName(),
        codeVersion,
      };
      const record = await importVersion(context, tree, { format: 'onnx', fileDigest, producer });
      process.stdout.write(json === true ? `${JSON.stringify(record)}\n` : describe(basename(file), record));
    } finally {
      await backend.close();
    }
  });
}

function readModel(file: string): Uint8Array {
  try {
    const { size } = statSync(file);
    if (size > IMPORT_BYTES_MAX)
      throw new AlderError('import-invalid', `${file} has ${size} bytes, ${IMPORT_BYTES_MAX} are allowed`, {
        fields: { file, bytes: size, bytesMax: IMPORT_BYTES_MAX },
      });
    return readFileSync(file);
  } catch (cause) {
    if (cause instanceof AlderError) throw cause;
    throw new AlderError('file-unreadable', `${file} cannot be read`, { cause, fields: { file } });
  }
}

function describe(file: string, { version, tree, evaluation, promotion }: VersionRecord): string {
  const { holdout } = evaluation;
  const share = accuracy({ rows: holdout.rows, hits: holdout.candidate });
  const heldOut = share === null ? 'no holdout rows yet' : `holdout ${holdout.candidate}/${holdout.rows}`;
  const live = promotion.promoted ? 'live' : `not live; "alder promote ${version}" makes it the champion`;
  return `version ${version} is ${file}: ${tree.leaves} leaves, depth ${tree.depth} · ${heldOut} · ${live}\n`;
}
