import type { Environment } from '../../../shared/lmdb/environment';
import { openEmbeddedModelRegistry } from '../../../shared/model-registry/embedded/embedded-model-registry';
import { EmbeddedModelStore } from '../../../shared/model-registry/embedded/model-store';
import { JOURNAL_ENTRIES_MAX } from '../../../shared/model-registry/journal';
import type { ModelRegistry, RegistryState } from '../../../shared/model-registry/model-registry';
import { TREE_BYTES_MAX } from '../../../shared/tree/tree-codec';
import { makeTestFolder, type TestFolder } from '../../support/embedded';
import { ManualClock } from '../../support/manual-clock';
import {
  everythingIn,
  nextPublication,
  PUBLISHED_AT,
  publishNext,
  takeLease,
} from '../../support/publications';
import { startSecondProcess } from '../../support/second-process';

const MODEL = 'decisiontree';

describe('the embedded model registry', () => {
  let folder: TestFolder;
  let environment: Environment;
  let registry: ModelRegistry;

  beforeEach(async () => {
    folder = makeTestFolder();
    environment = folder.open();
    registry = await openEmbeddedModelRegistry(environment, { model: MODEL });
  });

  afterEach(() => folder.remove());

  test('id, state, versions and journal outlive the process', async () => {
    await publishNext(registry, await takeLease(registry));
    const before = await everythingIn(registry);
    await environment.close();
    const again = await openEmbeddedModelRegistry(folder.open(), { model: MODEL });
    expect(again.registryId).toBe(registry.registryId);
    expect(await everythingIn(again)).toEqual(before);
  });

  test('two models in one folder are independent', async () => {
    const other = await openEmbeddedModelRegistry(environment, { model: `${MODEL}2` });
    await publishNext(registry, await takeLease(registry));
    expect(other.registryId).not.toBe(registry.registryId);
    expect(await other.listVersions()).toEqual([]);
    expect(await other.journal(10)).toEqual([]);
  });

  test('a tree above the bound is refused by name, and nothing is written', async () => {
    const lease = await takeLease(registry);
    const before = await everythingIn(registry);
    // The bound counts bytes: the last character has two.
    const treeText = `${'x'.repeat(TREE_BYTES_MAX - 1)}ü`;
    const tooLarge = nextPublication(await registry.loadState(), lease, { treeText });
    await expect(registry.publish(tooLarge)).rejects.toMatchObject({ code: 'tree-too-large' });
    expect(await everythingIn(registry)).toEqual(before);
    await publishNext(registry, lease, { treeText: 'x'.repeat(TREE_BYTES_MAX) });
    expect((await registry.loadTree(1))?.length).toBe(TREE_BYTES_MAX);
  });

  test('the journal keeps the newest entries up to its bound, in order', async () => {
    const store = new EmbeddedModelStore(environment.textStore('registry'), MODEL);
    const entry = { alias: 'champion', from: null, revision: 1, reason: '', actor: '', at: PUBLISHED_AT };
    const count = JOURNAL_ENTRIES_MAX + 3;
    await environment.write('registry-unavailable', () => {
      for (let to = 1; to <= count; to++) store.addToJournal({ ...entry, to });
    });
    const journal = await registry.journal(count);
    expect(journal).toHaveLength(JOURNAL_ENTRIES_MAX);
    expect([journal[0]?.to, journal.at(-1)?.to]).toEqual([4, count]);
  });

  test('a version that is not a number of this registry loads as null', async () => {
    expect([await registry.loadRecord(0), await registry.loadTree(2 ** 53 - 1)]).toEqual([null, null]);
  });

  describe('watch', () => {
    async function nextOf(states: AsyncIterator<RegistryState>): Promise<RegistryState | null> {
      const next = await states.next();
      return next.done === true ? null : next.value;
    }

    test('a quiet registry is shown again at exactly pollMs', async () => {
      const clock = new ManualClock();
      const watched = await openEmbeddedModelRegistry(environment, { model: MODEL, clock });
      const stop = new AbortController();
      const states = watched.watch({ pollMs: 250 }, stop.signal)[Symbol.asyncIterator]();
      await nextOf(states);
      let isShown = false;
      const again = nextOf(states).finally(() => {
        isShown = true;
      });
      await clock.advance(249);
      expect(isShown).toBe(false);
      await clock.advance(1);
      expect(await again).toEqual(await registry.loadState());
      stop.abort();
      expect(await nextOf(states)).toBeNull();
    });

    test('a change of this process is shown without any time passing, one of another after 20 ms', async () => {
      const clock = new ManualClock();
      const watched = await openEmbeddedModelRegistry(environment, { model: MODEL, clock });
      const other = await openEmbeddedModelRegistry(folder.open(), { model: MODEL });
      const stop = new AbortController();
      const states = watched.watch({ pollMs: 60_000 }, stop.signal)[Symbol.asyncIterator]();
      await nextOf(states);
      const first = nextOf(states);
      await clock.untilSleeping();
      await registry.askForRefit();
      expect((await first)?.requested).toBe(1);
      expect(clock.monotonicMs()).toBe(0);
      const second = nextOf(states);
      await clock.untilSleeping();
      await other.askForRefit();
      await clock.advance(20);
      expect((await second)?.requested).toBe(2);
      stop.abort();
    });

    test.each(['the registry', 'the environment'])(
      'closing %s ends a watch without a throw',
      async (what) => {
        const states = registry
          .watch({ pollMs: 60_000 }, AbortSignal.timeout(10_000))
          [Symbol.asyncIterator]();
        await nextOf(states);
        const waiting = nextOf(states);
        await (what === 'the registry' ? registry.close() : environment.close());
        expect(await waiting).toBeNull();
        await expect(registry.loadState()).rejects.toMatchObject({ code: 'registry-closed' });
        await expect(registry.askForRefit()).rejects.toMatchObject({ code: 'registry-closed' });
      },
    );
  });

  test('two processes that take the lease again and again never get the same epoch', async () => {
    const takeMany = `
      let seen = (await registry.loadState()).lease;
      const epochs = [];
      while (epochs.length < 30) {
        const lease = await registry.takeLease(seen, args.holder);
        if (lease !== null) epochs.push(lease.epoch);
        seen = lease ?? (await registry.loadState()).lease;
      }`;
    const start = (holder: string) =>
      startSecondProcess(
        `const { openEnvironment } = require('./shared/lmdb/environment');
         const { openEmbeddedModelRegistry } = require('./shared/model-registry/embedded/embedded-model-registry');
         const environment = openEnvironment(args.dataDir);
         const registry = await openEmbeddedModelRegistry(environment, { model: args.model });
         ${takeMany}
         console.log(JSON.stringify(epochs));
         await environment.close();`,
        { dataDir: folder.dataDir, model: MODEL, holder },
      ).output;
    const outputs = await Promise.all([start('a'), start('b')]);
    const epochs = outputs.flatMap((output) => JSON.parse(output) as number[]).sort((a, b) => a - b);
    expect(epochs).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
    expect((await registry.loadState()).lease?.epoch).toBe(60);
  });
});
