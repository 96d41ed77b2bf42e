import { AlderError } from '../../../shared/errors';

/** Single-flight: callers that ask for the same key at the same time share one load. At most `loadsMax` run at once. */
export class SingleFlight<K, V> {
  private readonly running = new Map<K, Promise<V>>();

  constructor(private readonly loadsMax: number) {}

  /** Throws `too-many-waiters` at the bound, and otherwise the error of the load. */
  load(key: K, begin: () => Promise<V>): Promise<V> {
    const same = this.running.get(key);
    if (same !== undefined) return same;
    if (this.running.size >= this.loadsMax) {
      return Promise.reject(new AlderError('too-many-waiters', 'too many loads are running'));
    }
    const load = begin().finally(() => this.running.delete(key));
    this.running.set(key, load);
    return load;
  }
}
