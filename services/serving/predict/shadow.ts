import type { RegistryState } from '../../../shared/model-registry/model-registry';
import { aliasedVersion } from '../../../shared/model-registry/resolve-version';
import type { RowsRead } from '../../../shared/row/request-reader';
import { leafOf } from '../../../shared/tree/predict';
import type { ShadowTally } from '../metrics/serving-metrics';
import type { RegistryView } from '../models/registry-view';
import type { ServedModel } from '../models/served-model';
import type { ServedModels } from '../models/served-models';

type RowsObserver = (rows: RowsRead) => void;

/** Lets another version predict the same rows, and counts where it says the same; the answer stays as it is. */
export class Shadow {
  /** Found for the last request: it is the same for the next one, as long as nothing new was heard of the registry. */
  private newest: {
    readonly state: RegistryState;
    readonly served: ServedModel;
    readonly alias: string;
    readonly onRows: RowsObserver;
  } | null = null;

  constructor(
    /** Which alias predicts beside every prediction; '' for none. */
    readonly alias: string,
    private readonly view: RegistryView,
    private readonly models: ServedModels,
    private readonly tally: ShadowTally,
  ) {}

  /**
   * What is to see the rows that `served` answers; undefined where there is nothing to compare it with. A version that
   * is not loaded yet is fetched, and until it is here nothing is compared: no answer waits for it.
   */
  observer(served: ServedModel, alias: string = this.alias): RowsObserver | undefined {
    const { state } = this.view;
    if (alias === '' || state === null) return undefined;
    const { newest } = this;
    if (newest?.state === state && newest.served === served && newest.alias === alias) return newest.onRows;
    const version = aliasedVersion(state, alias);
    if (version === null || version === served.version) return undefined;
    const shadow = this.models.pinned(version);
    if (shadow instanceof Promise) {
      // What is wrong with it is told where somebody asks for it.
      shadow.catch(() => undefined);
      return undefined;
    }
    const onRows: RowsObserver = (rows) => this.compare(served, shadow, rows);
    this.newest = { state, served, alias, onRows };
    return onRows;
  }

  private compare(served: ServedModel, shadow: ServedModel, { features, rowCount }: RowsRead): void {
    const featureCount = served.tree.featureNames.length;
    let agreed = 0;
    for (let row = 0; row < rowCount; row++)
      if (said(served, features, row * featureCount) === said(shadow, features, row * featureCount)) agreed++;
    this.tally.count(served.version, shadow.version, agreed, rowCount - agreed);
  }
}

function said({ tree, leafTexts }: ServedModel, features: Float64Array, at: number): string {
  return leafTexts.prediction(leafOf(tree, features, at));
}
