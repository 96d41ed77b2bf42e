/** The way of one row through the tree of one version: node numbers from the root to a leaf. */
export interface LitPath {
  readonly version: number;
  readonly nodes: readonly number[];
}
