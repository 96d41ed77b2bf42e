import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { type AlderProcess, eventually, useAlder } from '../support/alder-process';
import { seriousFaults } from './support/accessibility';
import { DESK, type Look, PHONE, useBrowser } from './support/browser';
import { describeInBrowser } from './support/find-chromium';
import { keepScreenshot, pixelsTooWide } from './support/screenshots';

const ROWS_FILE = join(__dirname, '../../data/iris.csv');
const LIVE_VERSION = /version (\d+) is live/i;

describeInBrowser('the page while rows stream', (chromiumPath) => {
  const alder = useAlder();
  const browsing = useBrowser(chromiumPath);
  let up: AlderProcess;
  let url: string;

  beforeAll(async () => {
    const folder = alder.newFolder();
    up = alder.start(['up', '--port', '0', '--data-dir', folder]);
    url = await up.url();
    // The demonstration's own rows end after seconds, so a second producer sends more.
    alder.start(['produce', ROWS_FILE, '--data-dir', folder, '--simulate', '1', '--rate', '40']);
  });

  test.each<[string, Look]>([
    ['desk', DESK],
    ['phone', PHONE],
  ])('the page shows the model and its growing list of versions at once (%s)', async (name, look) => {
    const { page, complaints } = await browsing.open(url, look);
    await page.getByText('decisiontree').first().waitFor({ timeout: 10_000 });
    const first = await liveVersion(page);
    await eventually(
      () => liveVersion(page),
      (version) => version > first,
    );
    const drawn = await newestDrawn(page);
    await eventually(
      () => newestDrawn(page),
      (version) => version > drawn,
    );
    await keepScreenshot(page, `rows-stream-${name}`);
    expect(await pixelsTooWide(page)).toBe(0);
    expect(await seriousFaults(page)).toEqual([]);
    expect(complaints.list()).toEqual([]);
  });

  test('the page blocks an inline script, and these tests see the violation and a picture without a text', async () => {
    const { page, complaints } = await browsing.open(url);
    await page.evaluate(`
      const script = document.createElement('script');
      script.textContent = 'document.title = "hostile"';
      document.body.append(script, document.createElement('img'));
      document.querySelector('img').src = 'data:,';
    `);
    expect(await page.title()).not.toBe('hostile');
    expect(complaints.list().join()).toContain('Content Security Policy');
    expect((await seriousFaults(page)).join()).toContain('image-alt');
  });

  test('an open page does not delay the stop of the service', async () => {
    await browsing.open(url);
    const { status } = await up.end('SIGTERM');
    expect(status).toBe(0);
  });
});

/** The version that the page names as live; waits for the first. */
async function liveVersion(page: Page): Promise<number> {
  const text = await page.getByText(LIVE_VERSION).first().innerText({ timeout: 10_000 });
  return Number(LIVE_VERSION.exec(text)![1]);
}

/** The newest version in the accuracy chart, read from its legend. */
async function newestDrawn(page: Page): Promise<number> {
  const text = await page.locator('.accuracy-chart .u-legend .u-value').first().innerText();
  return Number(/v(\d+)/.exec(text)![1]);
}
