/** What a file says about the tree in it, where the format has room for that; each is left out when not given. */
export interface TreeFacts {
  readonly model?: string;
  readonly version?: number;
  /** Hex sha256 of the tree's canonical text. */
  readonly digest?: string;
}

/** The name under which a format files the tree. */
export function nameOf({ model, version }: TreeFacts): string {
  return `${model ?? 'decision tree'}${version === undefined ? '' : ` ${version}`}`;
}
