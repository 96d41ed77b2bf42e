import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';

export const ROOT = join(__dirname, '../..');

const NOT_OURS = new Set(['node_modules', 'coverage', '.git', '.alder', '.venv']);

/** Every file of the project below a folder: paths from the root, with `/`, sorted. */
export function filesBelow(folder: string, ending = ''): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(join(ROOT, folder), { withFileTypes: true })) {
    if (NOT_OURS.has(entry.name) || entry.name.startsWith('dist')) continue;
    const path = relative(ROOT, join(ROOT, folder, entry.name))
      .split(sep)
      .join('/');
    if (entry.isDirectory()) found.push(...filesBelow(path, ending));
    else if (path.endsWith(ending)) found.push(path);
  }
  return found.sort();
}

export function textOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** The sources of the program, including the page, without tests and tools. */
export function sourceFiles(...endings: readonly string[]): string[] {
  const wanted = endings.length > 0 ? endings : ['.ts', '.tsx'];
  return ['shared', 'services', 'cli'].flatMap((folder) =>
    filesBelow(folder).filter((path) => wanted.some((ending) => path.endsWith(ending))),
  );
}

/** One import: `of` is a path from the root without its ending, or the name of a package. */
export interface Import {
  readonly by: string;
  readonly of: string;
  readonly isOurs: boolean;
}

const IMPORTS = /(?:\bfrom|\bimport|\bimport\(|\brequire\()\s*'([^']+)'/g;

/** All imports of the sources, including type imports and imports at run time. */
export function sourceImports(): Import[] {
  return sourceFiles().flatMap((by) =>
    [...textOf(by).matchAll(IMPORTS)].map((match) => {
      const name = match[1]!;
      const isOurs = name.startsWith('.');
      return { by, of: isOurs ? posix.normalize(`${dirname(by)}/${name}`) : name, isOurs };
    }),
  );
}
