import type { TrainingSet } from '../training-set';
import { type CodedColumn, codeAddedRows } from './column-codes';
import { ascending } from './split-node-rows';

/** Which rows they are: where each is from, one of the log's partitions, say, and its number there. */
export interface RowOrigins {
  /** Shape [rows]. */
  readonly sources: Uint32Array;
  /** Rising from 0 on in each source, shape [rows]. */
  readonly sequences: Float64Array;
}

/** How a window differs from the one before it. */
export interface WindowMove {
  /** Rows of a source below this number are gone; one number a source. */
  readonly keptFrom: readonly number[];
  /** The rows that came, and their origins. */
  readonly added: TrainingSet;
  readonly origins: RowOrigins;
}

/** Room for a window that still fills, or of which fewer rows are held out than before. */
const HEADROOM = 1.25;
const FREE = -1;

/**
 * The rows of a window with their codes, each in a slot of its own for as long as it is in the window: one that goes
 * leaves its slot to one that comes, so what is known of a row by its slot holds from fit to fit. A tree does not depend
 * on the order of its rows.
 */
export class KeptRows {
  /** Its arrays have one element a slot, with or without a row. */
  readonly table: TrainingSet;
  readonly columns: readonly CodedColumn[];
  private rows = 0;
  private readonly sources: Uint32Array;
  /** `FREE` for a slot without a row. */
  private readonly sequences: Float64Array;
  /** The slots with rows are behind the free ones. */
  private readonly freeSlots: Uint32Array;

  /** Takes copies. The rows are in the first slots, in their order. */
  constructor(rows: TrainingSet, origins: RowOrigins, columns: readonly CodedColumn[]) {
    const slots = Math.ceil(rows.rowCount * HEADROOM);
    this.table = {
      ...rows,
      rowCount: slots,
      columns: rows.columns.map(() => new Float64Array(slots)),
      classes: new Uint32Array(slots),
    };
    this.columns = columns.map((column) => ({ ...column, codes: new Uint16Array(slots) }));
    this.sources = new Uint32Array(slots);
    this.sequences = new Float64Array(slots).fill(FREE);
    this.freeSlots = ascending(slots).reverse();
    this.put(
      rows,
      origins,
      columns.map(({ codes }) => codes),
    );
  }

  get rowCount(): number {
    return this.rows;
  }

  get slots(): number {
    return this.table.rowCount;
  }

  /** Frees the slots of rows that are gone and gives them; what they hold is there until `add`. */
  drop(keptFrom: readonly number[]): Uint32Array {
    const { sources, sequences, freeSlots, slots } = this;
    const from = slots - this.rows;
    let free = from;
    for (let slot = 0; slot < slots; slot++) {
      const sequence = sequences[slot]!;
      if (sequence === FREE || sequence >= keptFrom[sources[slot]!]!) continue;
      sequences[slot] = FREE;
      freeSlots[free++] = slot;
    }
    this.rows = slots - free;
    return freeSlots.slice(from, free);
  }

  /** Puts rows into free slots and gives these; null where there are too few of them, or no bucket for a value. */
  add({ added, origins }: WindowMove): Uint32Array | null {
    if (added.rowCount > this.slots - this.rows) return null;
    const codes: Uint16Array[] = [];
    for (const [feature, column] of this.columns.entries()) {
      const ofFeature = codeAddedRows(column, added, feature);
      if (ofFeature === null) return null;
      codes.push(ofFeature);
    }
    return this.put(added, origins, codes);
  }

  private put(added: TrainingSet, origins: RowOrigins, codes: readonly Uint16Array[]): Uint32Array {
    const free = this.slots - this.rows;
    this.rows += added.rowCount;
    const taken = this.freeSlots.slice(free - added.rowCount, free).reverse();
    for (const [feature, column] of this.table.columns.entries()) {
      scatter(added.columns[feature]!, taken, column);
      scatter(codes[feature]!, taken, this.columns[feature]!.codes);
    }
    scatter(added.classes, taken, this.table.classes);
    scatter(origins.sources, taken, this.sources);
    scatter(origins.sequences, taken, this.sequences);
    return taken;
  }
}

function scatter<T extends Float64Array | Uint32Array | Uint16Array>(from: T, slots: Uint32Array, into: T) {
  for (let i = 0; i < slots.length; i++) into[slots[i]!] = from[i]!;
}
