import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { highlightsOf } from '../../bench/harness/highlights';
import type { FigureResult } from '../../bench/harness/measure';
import { pictureOf } from '../../bench/harness/picture';

const at = (median: number) => ({ median, low: median, high: median });

function result(
  name: string,
  conditions: string,
  ours: number,
  others: Record<string, number>,
): FigureResult {
  return {
    name,
    conditions,
    unit: 'ms',
    rounds: 5,
    ours: { name: 'ours', samples: at(ours) },
    yardsticks: Object.entries(others).map(([yardstick, value]) => ({
      name: yardstick,
      target: 1,
      measured: { samples: at(value), ratio: at(value / ours) },
      missing: null,
    })),
    atMost: null,
    missing: null,
    check: null,
  };
}

const RESULTS = [
  result('fit, full depth', '1,000,000 × 4 continuous, seed 1', 600, { 'scikit-learn': 9_000 }),
  result('fit, 255 bins and leaves', '300,000 × 30', 450, { 'LightGBM, one thread': 1_800 }),
  result('predict', '1,000,000 rows, depth 8', 100, { 'scikit-learn': 50 }),
  result('http, one row', '32 connections', 40_000, { 'bare node:http': 41_000 }),
  result('http, one row', '32 connections', 40_000, {
    'Express 5': 8_000,
    FastAPI: 2_000,
    "Flask's server": 1_000,
  }),
  result('stream job, embedded', '1,000,000 rows', 300_000, { 'River, a Hoeffding tree': 30_000 }),
];

test('each highlight has Alder first and then its yardsticks', () => {
  const highlights = highlightsOf(RESULTS);
  expect(highlights.map(({ bars }) => bars.map(({ name }) => name))).toEqual([
    ['Alder', 'scikit-learn'],
    ['Alder', 'LightGBM'],
    ['Alder', 'scikit-learn'],
    ['Alder', 'Express 5', 'FastAPI, scikit-learn', 'Flask, scikit-learn'],
    ['Alder', 'River'],
  ]);
  expect(highlights[0]!.bars.map(({ ratio }) => ratio)).toEqual([null, 15]);
});

test('a missing figure or a yardstick without a number is named in an error', () => {
  expect(() => highlightsOf(RESULTS.slice(1))).toThrow("there is no figure 'fit, full depth'");
  const skipped = RESULTS.map((each) => ({
    ...each,
    yardsticks: each.yardsticks.map((yardstick) => ({ ...yardstick, measured: null, missing: 'no python3' })),
  }));
  expect(() => highlightsOf(skipped)).toThrow("has no yardstick 'scikit-learn' with a number");
});

test('bars are proportional to their values, the longest of each group has the full width', () => {
  const picture = pictureOf(highlightsOf(RESULTS), 'two cores', 'light');
  const widths = [...picture.matchAll(/<rect [^>]*width="([\d.]+)"/g)].map(([, width]) => Number(width));
  expect(widths.slice(0, 2)).toEqual([24, 360]);
  expect(widths).toHaveLength(12);
  expect(pictureOf(highlightsOf(RESULTS), 'a < b', 'light')).toContain('a &lt; b');
  expect(pictureOf(highlightsOf(RESULTS), 'two cores', 'dark')).not.toBe(picture);
});

test.each([
  ['no file', [], 'no results file is named'],
  ['a file that is not there', ['missing.json'], 'missing.json cannot be read as results of a bench'],
  ['something else', ['other.json'], 'other.json holds no results of a bench'],
  ['a quick run', ['quick.json'], 'quick.json was measured with --quick, which is not to quote'],
])('npm run bench:report with %s exits with 2 and says so', (_, args, fault) => {
  const folder = mkdtempSync(join(tmpdir(), 'alder-report-'));
  try {
    writeFileSync(join(folder, 'other.json'), '{}');
    writeFileSync(join(folder, 'quick.json'), '{"conditions":{},"suites":{},"isQuick":true}');
    const report = join(__dirname, '..', '..', 'bench', 'report.js');
    const { status, stderr } = spawnSync(process.execPath, [report, ...args], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(stderr).toContain(fault);
    expect(status).toBe(2);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
