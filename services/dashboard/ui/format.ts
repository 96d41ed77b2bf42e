/** Stands for a figure that is not known; the reason stands beside it. */
export const UNKNOWN = '–';

const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const ONE_PLACE = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

export function countText(count: number | null | undefined): string {
  return count === null || count === undefined ? UNKNOWN : WHOLE.format(count);
}

/** Rates below ten keep a decimal, so that 0.4 a second does not read as 0. */
export function rateText(perSecond: number | null | undefined): string {
  if (perSecond === null || perSecond === undefined) return UNKNOWN;
  return (perSecond < 10 ? ONE_PLACE : WHOLE).format(perSecond);
}

/** A duration with two significant digits below 10 ms: `3.2 ms`, `45 ms`, `1.2 s`. */
export function millisecondsText(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return UNKNOWN;
  if (ms >= 1_000) return `${ONE_PLACE.format(ms / 1_000)} s`;
  if (ms >= 10) return `${WHOLE.format(ms)} ms`;
  return `${ms.toPrecision(2)} ms`;
}

/** Hits of rows as `93.1 %`; a dash when no row was scored. */
export function shareText({ hits, rows }: { readonly hits: number; readonly rows: number }): string {
  return rows === 0 ? UNKNOWN : `${ONE_PLACE.format((100 * hits) / rows)} %`;
}

const STEPS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** `12 seconds ago`; both moments in milliseconds of one clock. */
export function agoText(thenMs: number, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - thenMs) / 1_000));
  if (seconds === 0) return 'just now';
  const [unit, length] = STEPS.find(([, size]) => seconds >= size) ?? STEPS[3];
  const count = Math.floor(seconds / length);
  return `${WHOLE.format(count)} ${unit}${count === 1 ? '' : 's'} ago`;
}

/** `one row`, `2 rows`. */
export function counted(count: number, noun: string, nouns = `${noun}s`): string {
  return count === 1 ? `one ${noun}` : `${WHOLE.format(count)} ${nouns}`;
}

/** The time of day at a moment of the browser’s monotonic clock. */
export function clockText(atMs: number): string {
  return new Date(performance.timeOrigin + atMs).toLocaleTimeString();
}

/** The page has eight class colours and reuses them for further classes, so a class name always stands beside its colour. */
const COLOURS = 8;

/** The style class that gives `--class` the colour of a class of the model. */
export function classColour(k: number): string {
  return `class-${k % COLOURS}`;
}
