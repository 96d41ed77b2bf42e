import { type RequestFault, ROW_FAULTS, type RowFault } from '../errors';
import { WHOLE_ROW } from './strict-fields';

/** The most faults in the answer to a refused request. */
export const REQUEST_FAULTS_MAX = 20;

/** The row number of a bare row. */
export const SINGLE_ROW = -1;

/** One fault of a body, with its place as a JSON pointer (RFC 6901). Never contains text of the client. */
export interface RequestFaultAt {
  readonly pointer: string;
  readonly code: RowFault | RequestFault;
}

/**
 * Collects the faults of one request body: first the faults of the body itself, then the faults of its rows in row
 * order. Within a row they have the order of `ROW_FAULTS`, so the first one is the reason for which the trainer would
 * reject the same row.
 */
export class RequestFaults {
  private faults: RequestFaultAt[] = [];
  /** Each feature's name, escaped as a part of a pointer. */
  private readonly nameParts: readonly string[];
  private row = SINGLE_ROW;
  /** The index of the current row's first fault. */
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

  /** Returns the faults so far and starts a new list. */
  take(): readonly RequestFaultAt[] {
    const { faults } = this;
    this.faults = [];
    return faults;
  }

  /** Inserts a fault of the body before all others. */
  noteBody(pointer: string, code: RowFault | RequestFault): void {
    this.insert(0, { pointer, code });
  }

  /** Starts row `row` of a list, or SINGLE_ROW; `isNamed` says whether its features are given by name. */
  beginRow(row: number, isNamed: boolean): void {
    this.row = row;
    this.isNamed = isNamed;
    this.rowFrom = this.faults.length;
  }

  /** Inserts a fault of the current row in the order of `ROW_FAULTS`. */
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
