// Bundles the dashboard's page into a folder: one script, one style sheet and the document that names both. The names of
// script and style sheet hold a hash of their content, so that a browser may cache them for ever.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/** Throws when the page does not build. */
export async function buildPage(root, target) {
  const { outputFiles } = await build({
    entryPoints: [join(root, 'services/dashboard/main.tsx')],
    outdir: target,
    entryNames: 'page-[hash]',
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    logLevel: 'error',
    write: false,
    tsconfigRaw: {},
  });
  mkdirSync(target, { recursive: true });
  for (const { path, contents } of outputFiles) writeFileSync(path, contents);
  const named = (ending) =>
    outputFiles.map(({ path }) => path.slice(target.length + 1)).find((name) => name.endsWith(ending));
  writeFileSync(join(target, 'index.html'), documentOf(named('.js'), named('.css')));
}

/** Names are relative, so that the page works below any path of a proxy. */
function documentOf(script, style) {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Alder</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="page/${style}">
<script type="module" src="page/${script}"></script>
</head>
<body>
<div id="page"></div>
<noscript>Alder is running. This page shows it live and needs JavaScript; <a href="docs">the API</a> does not.</noscript>
</body>
</html>
`;
}
