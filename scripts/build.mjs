// Compiles to dist/, and copies the Lua scripts and the page beside the code that uses them. The result is written to a
// new folder and moved into place, so that a process that starts during a build never reads half of it.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPage } from './build-page.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const target = join(root, 'dist');
const fresh = join(root, `dist.${process.pid}`);
const old = join(root, `dist.${process.pid}.old`);

const compiler = createRequire(import.meta.url).resolve('typescript/package.json');
const compiled = spawnSync(
  process.execPath,
  [join(dirname(compiler), 'bin', 'tsc'), '-p', join(root, 'tsconfig.json'), '--outDir', fresh],
  { stdio: 'inherit' },
);
if (compiled.status !== 0) {
  rmSync(fresh, { recursive: true, force: true });
  process.exit(compiled.status ?? 1);
}

for (const entry of readdirSync(join(root, 'shared'), { recursive: true, withFileTypes: true })) {
  if (!entry.name.endsWith('.lua')) continue;
  const folder = join(fresh, entry.parentPath.slice(root.length));
  mkdirSync(folder, { recursive: true });
  cpSync(join(entry.parentPath, entry.name), join(folder, entry.name));
}

try {
  await buildPage(root, join(fresh, 'services/dashboard'));
} catch (error) {
  rmSync(fresh, { recursive: true, force: true });
  throw error;
}

try {
  renameSync(target, old);
} catch (error) {
  if (error.code !== 'ENOENT') throw error;
}
try {
  renameSync(fresh, target);
} catch (error) {
  // Another build of the same sources finished first.
  if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  rmSync(fresh, { recursive: true, force: true });
}
rmSync(old, { recursive: true, force: true });
