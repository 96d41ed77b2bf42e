/** Wakes whoever waits for something to happen. It remembers nothing: look first, then wait. */
export class Bell {
  private readonly waiting = new Set<() => void>();

  ring(): void {
    for (const wake of [...this.waiting]) wake();
  }

  /** Resolves with the next ring, or after `msMax`. */
  wait(msMax?: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.waiting.delete(wake);
        resolve();
      };
      const timer = msMax === undefined ? undefined : setTimeout(wake, msMax);
      this.waiting.add(wake);
    });
  }
}
