/** The part of the npm package ml-cart 2.1.1 that Alder uses; the package brings no types. */
declare module 'ml-cart' {
  export interface CartOptions {
    readonly gainFunction?: 'gini';
    readonly splitFunction?: 'mean';
    readonly minNumSamples?: number;
    readonly maxDepth?: number;
    readonly gainThreshold?: number;
  }

  /** An inner node has both children; a leaf has a distribution and may carry a split that it did not take. */
  export interface CartNode {
    readonly splitColumn?: number;
    readonly splitValue?: number;
    readonly left?: CartNode;
    readonly right?: CartNode;
    /** One row: the share of each label, as long as the largest label in this leaf + 1. */
    readonly distribution?: { getRow(index: 0): number[] };
  }

  export class DecisionTreeClassifier {
    constructor(options?: CartOptions);
    /** The fitted tree. */
    readonly root: CartNode;
    train(rows: readonly (readonly number[])[], labels: readonly number[]): void;
    predict(rows: readonly (readonly number[])[]): number[];
  }
}
