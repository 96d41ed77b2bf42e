import type { RawRegistry, RegistryView } from '../deep-source';
import type { LmdbFolder } from './lmdb-folder';

const NUMBER_MAX = Number.MAX_SAFE_INTEGER;

/** The fields of the state's JSON that the verifier reads. */
interface StoredState {
  readonly lease: { readonly epoch: number } | null;
  readonly newest: RegistryView['newest'];
  readonly aliases: Readonly<Record<string, { readonly version: number; readonly revision: number }>>;
  readonly previousChampion: number | null;
}

/** The stored form of the embedded registry: [model, 'state'], [model, 'record' | 'tree' | 'journal', number]. */
export function lmdbRegistry(folder: LmdbFolder, model: string): RawRegistry {
  const store = folder.texts('registry');
  const numbers = (kind: string) => store.numbers([model, kind, 0], [model, kind, NUMBER_MAX]);
  return {
    view: async () =>
      folder.step((): RegistryView => {
        const text = store.get([model, 'state']);
        const state = text === undefined ? null : (JSON.parse(text) as StoredState);
        return {
          newest: state?.newest ?? null,
          aliases: new Map(Object.entries(state?.aliases ?? {})),
          previousChampion: state?.previousChampion ?? null,
          epoch: state?.lease?.epoch ?? 0,
          records: numbers('record'),
          trees: numbers('tree'),
          journal: store
            .range([model, 'journal', 0], [model, 'journal', NUMBER_MAX], NUMBER_MAX)
            .map(({ value }) => value),
        };
      }),
    texts: async (version) =>
      folder.step(() => ({
        record: store.get([model, 'record', version]) ?? null,
        tree: store.get([model, 'tree', version]) ?? null,
      })),
  };
}
