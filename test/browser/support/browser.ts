import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { Complaints } from './complaints';

export type Theme = 'light' | 'dark';

export interface Look {
  readonly theme: Theme;
  /** Width of the window, in CSS pixels. */
  readonly width: number;
}

/** An open dashboard page. */
export interface OpenedPage {
  readonly page: Page;
  /** The complaints of the browser since the page was opened. */
  readonly complaints: Complaints;
}

export interface Browsing {
  /** Opens an address in its own window; the suite closes it at its end. */
  open(url: string, look?: Look): Promise<OpenedPage>;
}

const HEIGHT = 900;
export const DESK: Look = { theme: 'light', width: 1_600 };
export const PHONE: Look = { theme: 'dark', width: 375 };

/** Call inside a describe: one headless Chromium for its tests. */
export function useBrowser(chromiumPath: string): Browsing {
  let browser: Browser;
  const contexts: BrowserContext[] = [];

  beforeAll(async () => {
    // Tests in containers run as root, for which Chromium's own sandbox refuses to start.
    const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    browser = await chromium.launch({ executablePath: chromiumPath, headless: true, args });
  });

  afterAll(async () => {
    for (const context of contexts) await context.close();
    await browser.close();
  });

  return {
    open: async (url, { theme, width } = DESK) => {
      const context = await browser.newContext({
        colorScheme: theme,
        viewport: { width, height: HEIGHT },
        hasTouch: width < 600,
        reducedMotion: 'reduce',
      });
      contexts.push(context);
      const page = await context.newPage();
      const complaints = new Complaints(page);
      await page.goto(url);
      return { page, complaints };
    },
  };
}
