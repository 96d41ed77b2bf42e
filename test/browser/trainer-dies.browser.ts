import { useAlder } from '../support/alder-process';
import { useBrowser } from './support/browser';
import { describeInBrowser } from './support/find-chromium';
import { type RolesApart, startRolesApart } from './support/pipeline';
import { keepScreenshot } from './support/screenshots';

const PATIENCE = { timeout: 15_000 };

describeInBrowser('a trainer that dies', (chromiumPath) => {
  const alder = useAlder();
  const browsing = useBrowser(chromiumPath);
  let roles: RolesApart;

  beforeAll(async () => {
    roles = await startRolesApart(alder);
  });

  test('the page marks a dead trainer and its recovery', async () => {
    const { page } = await browsing.open(roles.url);
    await page.getByText('No trainer is running').waitFor(PATIENCE);
    expect(await page.locator('.stage-trainer.stage-alarm').count()).toBe(1);

    const first = roles.startTrainer();
    roles.startProducer('--simulate', '1', '--rate', '20');
    await page.getByText('Everything is well.').waitFor(PATIENCE);

    await first.end('SIGKILL');
    await page.getByText(/Last heartbeat:/).waitFor(PATIENCE);
    expect(await page.locator('.stage-trainer.stage-alarm').count()).toBe(1);
    await keepScreenshot(page, 'trainer-dead');

    roles.startTrainer();
    await page.getByText('Everything is well.').waitFor(PATIENCE);
    expect(await page.locator('.stage-alarm').count()).toBe(0);
  });
});
