import type { Tree } from '../../../shared/tree/tree';
import { readTree } from './read-tree';

/** A tree of 16 MiB takes some tens of megabytes here, so few are kept. */
export const TREES_KEPT_MAX = 8;

/** What a tree is fetched with: the browser's own, or a test's. */
export type Fetch = (
  path: string,
  options: { readonly signal: AbortSignal },
) => Promise<{ readonly ok: boolean; readonly status: number; json(): Promise<unknown> }>;

/** The trees that were looked at last. A version never changes, so what is kept is never stale. */
export class TreeCache {
  private readonly kept = new Map<string, Tree>();

  constructor(private readonly fetch: Fetch) {}

  /** Throws with a sentence for people; an `AbortError` when the signal ended it. */
  async load(model: string, version: number, signal: AbortSignal): Promise<Tree> {
    const key = keyOf(model, version);
    const tree = this.kept.get(key) ?? (await this.fetched(key, signal));
    // Put last, so that the first of the map is always the one that was not looked at for longest.
    this.kept.delete(key);
    this.kept.set(key, tree);
    if (this.kept.size > TREES_KEPT_MAX) this.kept.delete(this.kept.keys().next().value!);
    return tree;
  }

  private async fetched(path: string, signal: AbortSignal): Promise<Tree> {
    const response = await this.fetch(path, { signal });
    const document = (await response.json()) as { readonly detail?: string };
    if (!response.ok) throw new Error(document.detail ?? `the server answered ${response.status}`);
    return readTree(document);
  }
}

function keyOf(model: string, version: number): string {
  return `models/${encodeURIComponent(model)}/versions/${version}/tree`;
}
