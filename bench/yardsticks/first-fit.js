// The first fit of a process: loads the engine, then times one fit of a small table. Prints milliseconds.
const { join } = require('node:path');
const { fitExact } = require(
  join(__dirname, '..', '..', 'dist', 'shared', 'engine', 'exact', 'fit-exact.js'),
);

const { columns, classes } = JSON.parse(process.argv[2]);
const rows = {
  rowCount: classes.length,
  columns: columns.map((column) => Float64Array.from(column)),
  classes: Uint32Array.from(classes),
  featureNames: columns.map((_, f) => `f${f}`),
  classNames: ['a', 'b', 'c'],
};
const begun = performance.now();
fitExact(rows, { maxDepth: 64, minLeafRows: 1 });
// Stopped before the first access to process.stdout, which takes milliseconds.
const tookMs = performance.now() - begun;
process.stdout.write(String(tookMs));
