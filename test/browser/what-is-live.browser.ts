import type { Page } from 'playwright-core';
import { useAlder } from '../support/alder-process';
import { useBrowser } from './support/browser';
import { describeInBrowser } from './support/find-chromium';
import { keepScreenshot } from './support/screenshots';

const TOKEN = 'a-token-of-this-test';

describeInBrowser('changing the champion on the page', (chromiumPath) => {
  const alder = useAlder();
  const browsing = useBrowser(chromiumPath);
  let url: string;
  let urlWithToken: string;

  beforeAll(async () => {
    const start = async (environment: Record<string, string>) => {
      const up = alder.start(['up', '--port', '0', '--data-dir', alder.newFolder()], { environment });
      await up.line(/all 150 rows are in/);
      return up.url();
    };
    [url, urlWithToken] = await Promise.all([start({}), start({ ALDER_ADMIN_TOKEN: TOKEN })]);
  });

  test('a person promotes an older version with a reason, and rolls back', async () => {
    const { page, complaints } = await browsing.open(url);
    await page.getByRole('button', { name: 'promote version 14' }).click();
    const dialog = page.getByRole('dialog');
    await keepScreenshot(page, 'promote-dialog');
    expect(await dialog.innerText()).toMatch(/version 15[\s\S]*version 14/);
    await dialog.getByLabel(/reason/i).fill('the newest saw a broken sensor');
    await dialog.getByRole('button', { name: 'Make version 14 the champion' }).click();
    await championIs(page, 14);
    await page.getByText('the newest saw a broken sensor').first().waitFor();

    await page.getByRole('button', { name: 'Roll back to version 15' }).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /roll back/i })
      .click();
    await championIs(page, 15);
    await page.getByRole('button', { name: 'Release' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Release the champion' }).click();
    await page.getByText('A challenger replaces it when it is good enough.').waitFor();
    expect(complaints.list()).toEqual([]);
  });

  test('a server with a token asks for it, and the page stores it nowhere', async () => {
    const { page } = await browsing.open(urlWithToken);
    await page.getByRole('button', { name: 'promote version 14' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Make version 14 the champion' }).click();
    const field = dialog.getByLabel(/admin token/i);
    await page.locator('dialog [aria-invalid="true"]').waitFor();
    await field.fill(TOKEN);
    await dialog.getByRole('button', { name: 'Make version 14 the champion' }).click();
    await championIs(page, 14);
    const kept = await page.evaluate<string>(
      'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href])',
    );
    expect(kept).not.toContain(TOKEN);
  });
});

function championIs(page: Page, version: number): Promise<void> {
  return page.getByText(`Version ${version} is the champion.`).waitFor();
}
