#!/usr/bin/env node
// Starts the compiled command line. In a clone it compiles first when the sources are newer than dist/, or when dist/ is
// missing, as after `npm ci --ignore-scripts`. An image holds dist/ alone, so it starts at once.
const { existsSync, readdirSync, statSync } = require('node:fs');
const { spawnSync } = require('node:child_process');
const { enableCompileCache } = require('node:module');
const { join } = require('node:path');

const root = join(__dirname, '..');
const entry = join(root, 'dist', 'cli', 'main.js');

function newestSourceMs(folder) {
  let newest = 0;
  for (const found of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, found.name);
    if (found.isDirectory()) newest = Math.max(newest, newestSourceMs(path));
    else if (/\.(tsx?|css|lua)$/.test(found.name)) newest = Math.max(newest, statSync(path).mtimeMs);
  }
  return newest;
}

function isStale() {
  if (!existsSync(entry)) return true;
  if (!existsSync(join(root, 'tsconfig.json'))) return false;
  const builtMs = statSync(entry).mtimeMs;
  return ['shared', 'services', 'cli'].some((folder) => newestSourceMs(join(root, folder)) > builtMs);
}

if (isStale()) {
  const built = spawnSync(process.execPath, [join(root, 'scripts', 'build.mjs')], {
    stdio: ['ignore', 2, 2],
  });
  if (built.status !== 0) process.exit(1);
}
// Node spends a third of a start on compiling scripts. Node 22.1 and later can cache this; a new build drops the cache.
enableCompileCache?.(join(root, 'dist', '.compile-cache'));
require(entry);
