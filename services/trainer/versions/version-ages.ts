import { isAlderError } from '../../../shared/errors';
import type { ModelRegistry } from '../../../shared/model-registry/model-registry';
import { decodeVersionRecord } from '../../../shared/model-registry/version-record';

/**
 * Tells which versions are too old to be kept. Their records say when each was made, and a later one is never older by
 * the rule here: where clocks disagreed, the versions behind a young one are as young as it.
 */
export class VersionAges {
  /** Versions that may be too old, ascending; null before the first look. */
  private candidates: number[] | null = null;
  private keepFrom = 1;

  /** `keepMs` of 0 keeps versions of any age. */
  constructor(
    private readonly registry: ModelRegistry,
    private readonly keepMs: number,
  ) {}

  /** The lowest version that is young enough at `now` (RFC 3339). While the registry is away, what it was before. */
  async keptFrom(now: string): Promise<number> {
    if (this.keepMs === 0) return 1;
    try {
      await this.look(new Date(Date.parse(now) - this.keepMs).toISOString());
    } catch (error) {
      // A version may stay longer; what is wrong with the registry is met again by the publish.
      if (!isAlderError(error)) throw error;
    }
    return this.keepFrom;
  }

  /** A version that will be too old one day. */
  published(version: number): void {
    this.candidates?.push(version);
  }

  private async look(oldest: string): Promise<void> {
    if (this.candidates === null) {
      const stored = await this.registry.listVersions();
      this.candidates = stored.slice(await this.countOlder(stored, oldest));
    }
    while (this.candidates.length > 0 && (await this.isOlder(this.candidates[0]!, oldest)))
      this.candidates.shift();
    this.keepFrom = this.candidates[0] ?? Number.MAX_SAFE_INTEGER;
  }

  /** By halves: of a hundred thousand versions seventeen records are read. */
  private async countOlder(stored: readonly number[], oldest: string): Promise<number> {
    let [from, to] = [0, stored.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (await this.isOlder(stored[middle]!, oldest)) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  /** A version that is not stored any more is older than any. */
  private async isOlder(version: number, oldest: string): Promise<boolean> {
    const text = await this.registry.loadRecord(version);
    return text === null || decodeVersionRecord(text).createdAt < oldest;
  }
}
