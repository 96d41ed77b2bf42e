import { type RequestFault, ROW_FAULTS, type RowFault } from '../errors';
import { WHOLE_ROW } from './row-fault-sink';

/** A refused request names at most this many faults. */
export const REQUEST_FAULTS_MAX = 20;

/** The row of a request that holds one bare row. */
export const SINGLE_ROW = -1;

/** One fault of a body: where (a JSON pointer, RFC 6901) and what. Never holds text that the client chose. */
export interface RequestFaultAt {
  readonly pointer: string;
  readonly code: RowFault | RequestFault;
}

/**
 * The faults of one request body: those of the body itself, then the rows' in their order. Within a row they stand in
 * the order of `ROW_FAULTS`, so that the first one is the reason that a row log would give for the same row.
 */
export class RequestFaults {
  private faults: RequestFaultAt[] = [];
  /** Each feature's name as the last part of a pointer. */
  private readonly nameParts: readonly string[];
  private row = SINGLE_ROW;
  /** Where the present row's faults begin. */
  private rowFrom = 0;
  private isNamed = false;

  constructor(featureNames: readonly string[]) {
    this.nameParts = featureNames.map((name) => name.replaceAll('~', '~0').replaceAll('/', '~1'));
  }

  get isEmpty(): boolean {
    return this.faults.length === 0;
  }

  clear(): void {
    if (this.faults.length > 0) this.faults = [];
  }

  /** The faults so far, which then belong to the caller. */
  take(): readonly RequestFaultAt[] {
    const { faults } = this;
    this.faults = [];
    return faults;
  }

  /** Puts a fault of the body before all others. */
  noteBody(pointer: string, code: RowFault | RequestFault): void {
    this.insert(0, { pointer, code });
  }

  /** Begins row `row` of a list, or SINGLE_ROW; `isNamed` says whether its features have names or positions. */
  beginRow(row: number, isNamed: boolean): void {
    this.row = row;
    this.isNamed = isNamed;
    this.rowFrom = this.faults.length;
  }

  /** Puts a fault of the present row in its place among the row's others. */
  noteRow(code: RowFault, feature: number): void {
    const { faults } = this;
    let place = faults.length;
    while (place > this.rowFrom && rank(faults[place - 1]!) > ROW_FAULTS.indexOf(code)) place--;
    if (place < REQUEST_FAULTS_MAX) this.insert(place, { pointer: this.pointerTo(feature), code });
  }

  private pointerTo(feature: number): string {
    const rowPointer = this.row === SINGLE_ROW ? '/data' : `/data/${this.row}`;
    if (feature === WHOLE_ROW) return rowPointer;
    return `${rowPointer}/${this.isNamed ? this.nameParts[feature]! : feature}`;
  }

  private insert(place: number, fault: RequestFaultAt): void {
    this.faults.splice(place, 0, fault);
    if (this.faults.length > REQUEST_FAULTS_MAX) this.faults.pop();
  }
}

function rank(fault: RequestFaultAt): number {
  return (ROW_FAULTS as readonly string[]).indexOf(fault.code);
}
