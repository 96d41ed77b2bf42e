import type { ServedModel } from './served-model';

export const CACHED_MODELS_MAX = 32;
export const CACHED_TREE_BYTES_MAX = 256 * 1_048_576;

/**
 * An LRU cache of decoded versions beside the champion. A version never changes, so a cached one is never fetched again
 * and is answered also while the registry is away.
 */
export class ModelCache {
  private readonly models = new Map<number, ServedModel>();
  private treeBytes = 0;

  constructor(
    private readonly modelsMax = CACHED_MODELS_MAX,
    private readonly treeBytesMax = CACHED_TREE_BYTES_MAX,
  ) {}

  get size(): number {
    return this.models.size;
  }

  get(version: number): ServedModel | undefined {
    const model = this.models.get(version);
    if (model === undefined) return undefined;
    this.models.delete(version);
    this.models.set(version, model);
    return model;
  }

  add(model: ServedModel): void {
    this.remove(model.version);
    this.models.set(model.version, model);
    this.treeBytes += model.treeBytes;
    for (const version of this.models.keys()) {
      if (this.models.size <= this.modelsMax && this.treeBytes <= this.treeBytesMax) break;
      this.remove(version);
    }
  }

  /** Drops versions that are no longer stored, so that every replica answers alike for a retired version. */
  keepOnly(stored: ReadonlySet<number>): void {
    for (const version of this.models.keys()) if (!stored.has(version)) this.remove(version);
  }

  clear(): void {
    this.models.clear();
    this.treeBytes = 0;
  }

  private remove(version: number): void {
    const model = this.models.get(version);
    if (model === undefined) return;
    this.models.delete(version);
    this.treeBytes -= model.treeBytes;
  }
}
