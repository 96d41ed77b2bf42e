import type { Highlight } from './highlights';
import { digits } from './table';

export type Theme = 'light' | 'dark';

const COLOURS = {
  light: { text: '#1f2328', quiet: '#59636e', ours: '#1a7f37', theirs: '#afb8c1' },
  dark: { text: '#f0f6fc', quiet: '#9198a1', ours: '#3fb950', theirs: '#4b535d' },
} as const;

/** All in pixels. */
const WIDTH = 760;
const NAME_WIDTH = 200;
const BAR_WIDTH_MAX = 360;
const BAR_HEIGHT = 16;
const BAR_STEP = 22;
const TITLE_STEP = 24;
const GROUP_GAP = 18;
const FOOT_STEP = 20;

/** Draws groups of bars as an SVG document; in each group the longest bar is the largest value. */
export function pictureOf(groups: readonly Highlight[], foot: string, theme: Theme): string {
  const { text, quiet, ours, theirs } = COLOURS[theme];
  const parts: string[] = [];
  let y = TITLE_STEP;
  for (const { title, unit, isLowerBetter, bars } of groups) {
    const longest = Math.max(...bars.map(({ value }) => value));
    parts.push(
      `<text x="0" y="${y}" fill="${text}" font-weight="600">${escaped(title)}</text>`,
      `<text x="${WIDTH}" y="${y}" fill="${quiet}" text-anchor="end">${isLowerBetter ? 'less is better' : 'more is better'}</text>`,
    );
    y += GROUP_GAP / 2;
    for (const { name, value, ratio } of bars) {
      const middle = y + BAR_HEIGHT / 2 + 4;
      const length = Math.max(2, (BAR_WIDTH_MAX * value) / longest).toFixed(1);
      const told = `${digits(value)} ${unit}${ratio === null ? '' : `, ${digits(ratio)} ×`}`;
      parts.push(
        `<text x="${NAME_WIDTH - 8}" y="${middle}" fill="${text}" text-anchor="end">${escaped(name)}</text>`,
        `<rect x="${NAME_WIDTH}" y="${y}" width="${length}" height="${BAR_HEIGHT}" rx="2" fill="${ratio === null ? ours : theirs}"/>`,
        `<text x="${(NAME_WIDTH + Number(length) + 8).toFixed(1)}" y="${middle}" fill="${quiet}">${escaped(told)}</text>`,
      );
      y += BAR_STEP;
    }
    y += TITLE_STEP;
  }
  parts.push(`<text x="0" y="${y}" fill="${quiet}" font-size="12">${escaped(foot)}</text>`);
  const height = y + FOOT_STEP / 2;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="system-ui, sans-serif" font-size="14" role="img">`,
    `<title>${escaped(groups.map(({ title }) => title).join('; '))}</title>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
