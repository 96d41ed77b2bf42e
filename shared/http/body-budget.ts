const BUDGET_BYTES_MIN = 64 * 1_048_576;

/** What one request keeps in memory of its unfinished body. */
export interface HeldBody {
  grow(bytes: number): void;
  release(): void;
}

/**
 * How much memory the unfinished bodies of all requests may take together. Each is bounded, but thousands of clients
 * that stop before their last byte would hold thousands of times that; so past the budget the one that has been on
 * its way for longest gives up, which keeps newcomers served.
 */
export class BodyBudget {
  private heldBytes = 0;
  private readonly giveUps = new Set<() => void>();
  private readonly bytesMax: number;

  /** `requestBytesMax` is what one body may have; at least two of them fit. */
  constructor(requestBytesMax: number, bytesMin = BUDGET_BYTES_MIN) {
    this.bytesMax = Math.max(bytesMin, 2 * requestBytesMax);
  }

  /** `giveUp` is called at most once, and has to call `release`. */
  open(giveUp: () => void): HeldBody {
    let bytes = 0;
    this.giveUps.add(giveUp);
    return {
      grow: (more) => {
        bytes += more;
        this.heldBytes += more;
        if (this.heldBytes > this.bytesMax) this.makeRoom();
      },
      release: () => {
        if (!this.giveUps.delete(giveUp)) return;
        this.heldBytes -= bytes;
      },
    };
  }

  private makeRoom(): void {
    for (const giveUp of this.giveUps) {
      if (this.heldBytes <= this.bytesMax) return;
      giveUp();
    }
  }
}
