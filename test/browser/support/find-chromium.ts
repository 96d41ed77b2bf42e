import { existsSync } from 'node:fs';

const DEBIAN = '/usr/bin/chromium';

/** The Chromium of this machine: the one that CHROME_PATH names, else Debian's; null where there is none. */
export function findChromium(): string | null {
  const path = process.env.CHROME_PATH ?? DEBIAN;
  if (existsSync(path)) return path;
  const missing = `browser suites: there is no Chromium at ${path}; CHROME_PATH names another`;
  if (process.env.ALDER_REQUIRE_BROWSER === '1') throw new Error(missing);
  process.stderr.write(`${missing}. SKIPPED.\n`);
  return null;
}

/** `describe`, where there is a browser. With ALDER_REQUIRE_BROWSER=1 a missing one fails the suite. */
export function describeInBrowser(name: string, suite: (chromiumPath: string) => void): void {
  const path = findChromium();
  if (path === null) describe.skip(name, () => void test('needs Chromium', () => undefined));
  else describe(name, () => suite(path));
}
