import type { Tree } from '../../../shared/tree/tree';
import { readTree } from './read-tree';

/** A tree of 16 MiB takes tens of megabytes in the browser, so the cache is small. */
export const TREES_CACHED_MAX = 8;

/** The part of the browser's `fetch` that the cache needs. */
export type Fetch = (
  path: string,
  options: { readonly signal: AbortSignal },
) => Promise<{ readonly ok: boolean; readonly status: number; json(): Promise<unknown> }>;

/** An LRU cache of trees. A version never changes, so a cached tree is never stale. */
export class TreeCache {
  private readonly trees = new Map<string, Tree>();

  constructor(private readonly fetch: Fetch) {}

  /** Throws with a sentence for people, or an `AbortError` when the signal aborted the request. */
  async load(model: string, version: number, signal: AbortSignal): Promise<Tree> {
    const key = keyOf(model, version);
    const tree = this.trees.get(key) ?? (await this.fetched(key, signal));
    // Reinserting moves the tree to the end of the map, so the first entry is the least recently used.
    this.trees.delete(key);
    this.trees.set(key, tree);
    if (this.trees.size > TREES_CACHED_MAX) this.trees.delete(this.trees.keys().next().value!);
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
