import type { RegistryState } from '../../../shared/model-registry/model-registry';
import { aliasedVersion } from '../../../shared/model-registry/resolve-version';
import type { RowsRead } from '../../../shared/row/request-reader';
import { leafOf } from '../../../shared/tree/tree';
import type { ShadowTally } from '../metrics/serving-metrics';
import type { RegistryView } from '../models/registry-view';
import type { ServedModel } from '../models/served-model';
import type { ServedModels } from '../models/served-models';

type RowsObserver = (rows: RowsRead) => void;

/** Lets another version predict the same rows and counts the agreements; it cannot change the answer. */
export class Shadow {
  /** The observer of the last request. It serves the next one too, as long as no new registry state was seen. */
  private last: {
    readonly state: RegistryState;
    readonly served: ServedModel;
    readonly alias: string;
    readonly onRows: RowsObserver;
  } | null = null;

  constructor(
    /** The alias whose version predicts beside every prediction; '' for none. */
    readonly alias: string,
    private readonly view: RegistryView,
    private readonly models: ServedModels,
    private readonly tally: ShadowTally,
  ) {}

  /**
   * Gives the observer of the rows that `served` predicts; undefined where no other version is to be compared. A version
   * that is not cached is fetched first; until it is here nothing is compared, and no answer waits for it.
   */
  observer(served: ServedModel, alias: string = this.alias): RowsObserver | undefined {
    const { state } = this.view;
    if (alias === '' || state === null) return undefined;
    const { last } = this;
    if (last?.state === state && last.served === served && last.alias === alias) return last.onRows;
    const version = aliasedVersion(state, alias);
    if (version === null || version === served.version) return undefined;
    const shadow = this.models.pinned(version);
    if (shadow instanceof Promise) {
      // Its error reaches the clients that ask for this version.
      shadow.catch(() => undefined);
      return undefined;
    }
    const onRows: RowsObserver = (rows) => this.compare(served, shadow, rows);
    this.last = { state, served, alias, onRows };
    return onRows;
  }

  private compare(served: ServedModel, shadow: ServedModel, { features, rowCount }: RowsRead): void {
    const featureCount = served.tree.featureNames.length;
    let agreed = 0;
    for (let row = 0; row < rowCount; row++)
      if (
        predictedClass(served, features, row * featureCount) ===
        predictedClass(shadow, features, row * featureCount)
      )
        agreed++;
    this.tally.count(served.version, shadow.version, agreed, rowCount - agreed);
  }
}

function predictedClass({ tree, leafTexts }: ServedModel, features: Float64Array, at: number): string {
  return leafTexts.prediction(leafOf(tree, features, at));
}
