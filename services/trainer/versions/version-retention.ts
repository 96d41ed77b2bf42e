import { isAlderError } from '../../../shared/errors';
import type { ModelRegistry } from '../../../shared/model-registry/model-registry';
import { decodeVersionRecord } from '../../../shared/model-registry/version-record';
import type { Settings } from '../../../shared/settings/settings';

/**
 * Finds the versions that are too old to be kept. Records tell when they were made. Where clocks disagreed, the versions
 * behind a young one count as young as it, so the old ones are always the lowest numbers.
 */
export class VersionRetention {
  /** Versions that may be too old, ascending; null before the first query. */
  private candidates: number[] | null = null;
  private lowestKept = 1;

  /** `keepVersionsMs` of 0 keeps versions of any age. */
  constructor(
    private readonly registry: ModelRegistry,
    private readonly settings: Pick<Settings, 'keepVersions' | 'keepVersionsMs'>,
  ) {}

  get keepVersions(): number {
    return this.settings.keepVersions;
  }

  /** The lowest version that is young enough at `now` (RFC 3339); the last known one while the registry is away. */
  async keepFrom(now: string): Promise<number> {
    const { keepVersionsMs } = this.settings;
    if (keepVersionsMs === 0) return 1;
    try {
      await this.dropOlder(new Date(Date.parse(now) - keepVersionsMs).toISOString());
    } catch (error) {
      // A version may be kept longer; the publish meets the fault of the registry again.
      if (!isAlderError(error)) throw error;
    }
    return this.lowestKept;
  }

  /** Adds a version that was published. */
  add(version: number): void {
    this.candidates?.push(version);
  }

  private async dropOlder(oldest: string): Promise<void> {
    if (this.candidates === null) {
      const stored = await this.registry.listVersions();
      this.candidates = stored.slice(await this.countOlder(stored, oldest));
    }
    while (this.candidates.length > 0 && (await this.isOlder(this.candidates[0]!, oldest)))
      this.candidates.shift();
    this.lowestKept = this.candidates[0] ?? Number.MAX_SAFE_INTEGER;
  }

  /** By bisection: of a hundred thousand versions it reads seventeen records. */
  private async countOlder(stored: readonly number[], oldest: string): Promise<number> {
    let [from, to] = [0, stored.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (await this.isOlder(stored[middle]!, oldest)) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  /** A retired version counts as older than any. */
  private async isOlder(version: number, oldest: string): Promise<boolean> {
    const text = await this.registry.loadRecord(version);
    return text === null || decodeVersionRecord(text).createdAt < oldest;
  }
}
