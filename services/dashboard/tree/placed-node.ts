/** In pixels at scale 1. */
export const INNER_WIDTH = 178;
export const LEAF_WIDTH = 112;
export const NODE_HEIGHT = 62;

/** A node and where its box is; x is the box's middle, y its top. */
export interface PlacedNode {
  readonly node: number;
  readonly parent: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  /** 1 for the root. */
  readonly level: number;
  /** Which child of its parent: 1 left, 2 right; 1 for the root. */
  readonly place: number;
  readonly isLeaf: boolean;
  readonly isOpen: boolean;
}

export interface TreeLayout {
  /** As they are read: a node before what is below it, left before right. */
  readonly nodes: readonly PlacedNode[];
  readonly left: number;
  readonly width: number;
  readonly height: number;
}
