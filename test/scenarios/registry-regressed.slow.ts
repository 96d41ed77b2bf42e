import { openEnvironment } from '../../shared/lmdb/environment';
import { embeddedPlace } from '../support/scenario-places';
import { type RegressingPlace, registryRegressedSuite } from './registry-regressed-suite';

const FAULT = 'registry-unavailable';

async function openPlace(): Promise<RegressingPlace> {
  const place = await embeddedPlace();
  const environment = openEnvironment(place.environment.ALDER_DATA_DIR!);
  const store = environment.textStore('registry');
  const empty = async () => environment.write(FAULT, () => store.clearSync());
  return {
    ...place,
    empty,
    async remember() {
      const entries = environment.read(FAULT, () =>
        [...store.getRange({ snapshot: false })].map(({ key, value }) => ({ key, value })),
      );
      expect(entries.length).toBeGreaterThan(0);
      return async () => {
        await empty();
        await environment.write(FAULT, () => {
          for (const { key, value } of entries) store.putSync(key, value);
        });
      };
    },
    async remove() {
      await environment.close();
      await place.remove();
    },
  };
}

describe('a registry that fell behind its log, embedded', () => registryRegressedSuite(openPlace));
