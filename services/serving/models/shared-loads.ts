import { AlderError } from '../../../shared/errors';

/** Loads under way, one a key however many ask for it, and at most `loadsMax` at once. */
export class SharedLoads<K, V> {
  private readonly underWay = new Map<K, Promise<V>>();

  constructor(private readonly loadsMax: number) {}

  /** Throws `too-many-waiters` (canRetry) at the bound, else what the load throws. */
  load(key: K, begin: () => Promise<V>): Promise<V> {
    const same = this.underWay.get(key);
    if (same !== undefined) return same;
    if (this.underWay.size >= this.loadsMax) {
      return Promise.reject(new AlderError('too-many-waiters', 'too many loads are under way'));
    }
    const load = begin().finally(() => this.underWay.delete(key));
    this.underWay.set(key, load);
    return load;
  }
}
