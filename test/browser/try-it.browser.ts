import { useAlder } from '../support/alder-process';
import { seriousFaults } from './support/accessibility';
import { DESK, PHONE, useBrowser } from './support/browser';
import { describeInBrowser } from './support/find-chromium';
import { keepScreenshot, pixelsTooWide } from './support/screenshots';

/** The row of the README's first example; its class is setosa. */
const ROW = { 'sepal length': '0.1', 'sepal width': '1.1', 'petal length': '0.4', 'petal width': '0.8' };

describeInBrowser('the form for one row', (chromiumPath) => {
  const alder = useAlder();
  const browsing = useBrowser(chromiumPath);
  let url: string;

  beforeAll(async () => {
    const up = alder.start(['up', '--port', '0', '--data-dir', alder.newFolder()]);
    url = await up.url();
    await up.line(/all 150 rows are in/);
  });

  test.each([
    ['desk', DESK],
    ['phone', PHONE],
  ])(
    'the form shows the prediction and its decision path in words and in the tree (%s)',
    async (name, look) => {
      const { page, complaints } = await browsing.open(url, look);
      for (const [label, value] of Object.entries(ROW)) await page.getByLabel(label).fill(value);
      await page.getByRole('button', { name: 'Predict' }).click();
      await page.getByText('Prediction: setosa').waitFor();
      await page.locator('.tree-node.is-lit').nth(1).waitFor();
      const lit = await page.locator('.tree-node.is-lit').count();
      const steps = await page.locator('.try-path li').count();
      expect([lit, steps]).toEqual([steps, 2]);
      await keepScreenshot(page, `try-it-${name}`);
      expect(await pixelsTooWide(page)).toBe(0);
      expect(await seriousFaults(page)).toEqual([]);
      expect(complaints.list()).toEqual([]);
    },
  );

  test('the curl command gives the same prediction', async () => {
    const { page } = await browsing.open(url);
    for (const [label, value] of Object.entries(ROW)) await page.getByLabel(label).fill(value);
    await page.getByText('The same request as a curl command').click();
    const command = await page.locator('.try-curl code').innerText();
    const body = /-d '([^']+)'/.exec(command)![1]!;
    const [address] = /http:\/\/[^\s'"]+/.exec(command)!;
    const response = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(((await response.json()) as { prediction: string }).prediction).toBe('setosa');
  });

  test('an invalid value is reported at its field', async () => {
    const { page } = await browsing.open(url);
    for (const [label, value] of Object.entries({ ...ROW, 'petal width': 'wide' }))
      await page.getByLabel(label).fill(value);
    await page.getByRole('button', { name: 'Predict' }).click();
    const field = page.getByLabel('petal width');
    await page.locator('[aria-invalid="true"]').waitFor();
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    await field.fill('0.8');
    await page.getByRole('button', { name: 'Predict' }).click();
    await page.getByText('Prediction: setosa').waitFor();
  });

  test('the form and the tree work with the keyboard alone', async () => {
    const { page } = await browsing.open(url);
    await page.getByLabel('sepal length').focus();
    for (const value of Object.values(ROW)) {
      await page.keyboard.type(value);
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    await page.getByText('Prediction: setosa').waitFor();
    await page.getByRole('treeitem').first().focus();
    await page.keyboard.press('ArrowDown');
    expect(await page.evaluate('document.activeElement.id')).toBe('node-1');
  });
});
