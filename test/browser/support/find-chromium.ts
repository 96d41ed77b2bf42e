import { existsSync } from 'node:fs';

const DEBIAN = '/usr/bin/chromium';

/** The path of Chromium: CHROME_PATH, else Debian's; null when no file is there. */
export function findChromium(): string | null {
  const path = process.env.CHROME_PATH ?? DEBIAN;
  if (existsSync(path)) return path;
  const missing = `browser suites: there is no Chromium at ${path}; CHROME_PATH names another`;
  if (process.env.ALDER_REQUIRE_BROWSER === '1') throw new Error(missing);
  process.stderr.write(`${missing}. SKIPPED.\n`);
  return null;
}

/** `describe` when Chromium exists, else `describe.skip`. With ALDER_REQUIRE_BROWSER=1 a missing Chromium fails the suite. */
export function describeInBrowser(name: string, suite: (chromiumPath: string) => void): void {
  const path = findChromium();
  if (path === null) describe.skip(name, () => void test('browser suites need Chromium', () => undefined));
  else describe(name, () => suite(path));
}
