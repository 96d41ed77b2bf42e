import { useAlder } from '../support/alder-process';
import { openTcpProxy, type TcpProxy } from '../support/tcp-proxy';
import { useBrowser } from './support/browser';
import { describeInBrowser } from './support/find-chromium';
import { keepScreenshot } from './support/screenshots';

const PATIENCE = { timeout: 20_000 };

describeInBrowser('a lost connection', (chromiumPath) => {
  const alder = useAlder();
  const browsing = useBrowser(chromiumPath);
  let proxy: TcpProxy;

  beforeAll(async () => {
    const folder = alder.newFolder();
    const up = alder.start(['up', '--port', '0', '--data-dir', folder]);
    const { port } = new URL(await up.url());
    proxy = await openTcpProxy({ host: '127.0.0.1', port: Number(port) });
    await up.line(/all 150 rows are in/);
  });

  afterAll(() => proxy.close());

  test.each<[string, () => unknown, () => unknown]>([
    ['breaks', () => proxy.down(), () => proxy.up()],
    ['goes silent', () => proxy.hold('everything'), () => proxy.release()],
  ])(
    'the page reports a connection that %s, keeps its last state, and reconnects by itself',
    async (_how, cut, mend) => {
      const { page } = await browsing.open(`http://127.0.0.1:${proxy.port}/`);
      await page.getByText('version 15 is live').waitFor(PATIENCE);
      cut();
      await page.getByText('The connection to the server was lost').waitFor(PATIENCE);
      await keepScreenshot(page, 'connection-lost');
      expect(await page.getByText('version 15 is live').isVisible()).toBe(true);
      mend();
      await page
        .getByText('The connection to the server was lost')
        .waitFor({ ...PATIENCE, state: 'detached' });
      expect(await page.locator('.connection-live').count()).toBe(1);
    },
  );
});
