import { VersionRetention } from '../../../services/trainer/versions/version-retention';
import { sealRecord } from '../../../shared/model-registry/version-record';
import { MemoryModelRegistry } from '../../support/memory-model-registry';
import { irisTree, makeVersion } from '../../support/stored-versions';

const HOUR_MS = 3_600_000;
const at = (hour: number) => new Date(Date.UTC(2024, 0, 1, hour)).toISOString();

/** Version v was made at hour v. */
function registryOf(count: number): MemoryModelRegistry {
  const registry = new MemoryModelRegistry();
  for (let version = 1; version <= count; version++) store(registry, version, at(version));
  return registry;
}

function store(registry: MemoryModelRegistry, version: number, createdAt: string): void {
  const { record, treeText } = makeVersion(version, irisTree());
  const { recordDigest, format, ...unsealed } = record;
  registry.stored.set(version, { recordText: sealRecord({ ...unsealed, createdAt }).text, treeText });
}

test('versions of any age stay unless an age is set, and nothing is read for it', async () => {
  const registry = registryOf(3);
  expect(
    await new VersionRetention(registry, { keepVersions: 100, keepVersionsMs: 0 }).keepFrom(at(1_000)),
  ).toBe(1);
  expect(registry.calls).toEqual({});
});

test('the lowest version that is young enough rises with time and with each publish', async () => {
  const registry = registryOf(10);
  const retention = new VersionRetention(registry, { keepVersions: 100, keepVersionsMs: 3 * HOUR_MS });
  expect(await retention.keepFrom(at(10))).toBe(7);
  store(registry, 11, at(12));
  retention.add(11);
  expect(await retention.keepFrom(at(12))).toBe(9);
  expect(await retention.keepFrom(at(15))).toBe(11);
  expect(await retention.keepFrom(at(16))).toBe(Number.MAX_SAFE_INTEGER);
});

test('few records are read of many versions', async () => {
  const registry = registryOf(1_000);
  const retention = new VersionRetention(registry, { keepVersions: 100, keepVersionsMs: 300 * HOUR_MS });
  expect(await retention.keepFrom(at(1_000))).toBe(700);
  expect(registry.calls.loadRecord).toBeLessThan(15);
});

test('versions that went meanwhile are stepped over, and an absent registry changes nothing', async () => {
  const registry = registryOf(10);
  const retention = new VersionRetention(registry, { keepVersions: 100, keepVersionsMs: 3 * HOUR_MS });
  expect(await retention.keepFrom(at(10))).toBe(7);
  for (const version of [7, 8]) registry.stored.delete(version);
  registry.isAway = true;
  expect(await retention.keepFrom(at(20))).toBe(7);
  registry.isAway = false;
  expect(await retention.keepFrom(at(10))).toBe(9);
});
