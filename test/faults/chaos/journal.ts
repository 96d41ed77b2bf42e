/** Prints the progress of the run: each fault with its proof, and sometimes the state of all counts. */
export class Journal {
  private readonly beganMs = performance.now();
  /** `broker kill` → how often it happened. */
  private readonly counts = new Map<string, number>();

  constructor(private readonly name: string) {}

  get elapsedMs(): number {
    return performance.now() - this.beganMs;
  }

  /** Records a fault with its proof. */
  happened(target: string, kind: string, proof: string): void {
    const what = `${target} ${kind}`;
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
    this.tell(`${what}: ${proof}`);
  }

  tell(what: string): void {
    const seconds = (this.elapsedMs / 1_000).toFixed(1).padStart(6);
    process.stderr.write(`${this.name} ${seconds} s  ${what}\n`);
  }

  get total(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** `broker kill 3, broker freeze 2, …` */
  get summary(): string {
    return [...this.counts].map(([what, count]) => `${what} ${count}`).join(', ');
  }
}
