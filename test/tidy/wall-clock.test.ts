import { sourceFiles, textOf } from './source-files';

/** The wall clock may be set at any time, so only what people read may come from it. */
const READS_WALL_CLOCK = /\bDate\.now\b|\bnew Date\(\)|\bDate\(\)|\bnew Date\b(?!\()/;

/** The one clock, and the `date` header of an answer that Node does not write itself. */
const MAY_READ = ['shared/http/refuse-socket.ts', 'shared/runtime/clock.ts'];

/** The times of a row in the embedded log, of a version, of an alias move, and of an event for the dashboard. */
const MAY_ASK = [
  'shared/row-log/embedded/embedded-row-log.ts',
  'shared/runtime/clock.ts',
  'services/serving/admin/alias-routes.ts',
  'services/serving/page/pipeline-feed.ts',
  'services/trainer/versions/import-version.ts',
  'services/trainer/versions/publish-version.ts',
  'cli/alias-change.ts',
];

const code = (path: string) => textOf(path).replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');

test('only the clock and one header of HTTP read the wall clock', () => {
  expect(sourceFiles().filter((path) => READS_WALL_CLOCK.test(code(path)))).toEqual(MAY_READ);
});

test('only stamps, which decide nothing, use the wall time of the clock', () => {
  expect(sourceFiles().filter((path) => /\bwallTime\b/.test(code(path)))).toEqual(MAY_ASK);
});
