import type { ServedModel } from './served-model';

export const HELD_MODELS_MAX = 32;
export const HELD_TREE_BYTES_MAX = 256 * 1_048_576;

/**
 * Versions kept decoded beside the champion, the longest unused going first. A version never changes, so what is
 * held is never fetched again, and it is still answered while the registry is away.
 */
export class HeldModels {
  private readonly models = new Map<number, ServedModel>();
  private treeBytes = 0;

  constructor(
    private readonly modelsMax = HELD_MODELS_MAX,
    private readonly treeBytesMax = HELD_TREE_BYTES_MAX,
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

  /** Lets go of what is no longer stored: a retired version is gone for every replica alike. */
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
