import type { OffsetMirror } from '../../shared/row-log/offset-mirror';
import type { Network, Service } from './network';
import type { SimulatedProcess } from './simulated-process';

/** The committed offsets that lag tools read. */
export class SimulatedMirrors {
  /** The offsets of the last commit. */
  committed: ReadonlyMap<number, number> = new Map();
  private metadata: string | null = null;

  constructor(
    private readonly network: Network,
    private readonly service: Service,
  ) {}

  /** One process's handle. */
  handle(process: SimulatedProcess): OffsetMirror {
    return {
      mirror: (nextOffsets, metadata) =>
        this.network.call(process, this.service, 'mirror', async () => {
          this.committed = new Map(nextOffsets);
          this.metadata = metadata;
        }),
      read: () => this.network.call(process, this.service, 'read-mirror', async () => this.metadata),
    };
  }
}
