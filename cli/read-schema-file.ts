import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { AlderError } from '../shared/errors';
import { parseSchema, type Schema } from '../shared/row/schema';
import { packageRoot } from '../shared/runtime/package-info';

/** Where a file of the package (`data/iris.csv`) lies: in the current folder, or else in Alder's own. */
export function findFile(path: string): string {
  if (isAbsolute(path) || existsSync(path)) return path;
  const ours = join(packageRoot, path);
  return existsSync(ours) ? ours : path;
}

/** Throws `file-unreadable`, `schema-invalid`. */
export function readSchemaFile(path: string): Schema {
  let text: string;
  try {
    text = readFileSync(findFile(path), 'utf8');
  } catch (cause) {
    throw new AlderError('file-unreadable', `the schema ${path} cannot be read`, {
      cause,
      hint: 'make one with "alder schema FILE.csv > FILE.schema.json", or name one with --schema',
    });
  }
  return parseSchema(text, path);
}
