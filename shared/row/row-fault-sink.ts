import type { RowFault } from '../errors';

/** Takes down what is wrong with a row that can be parsed; the reading goes on, since a parse fault may still come. */
export interface RowFaultSink {
  /** `feature` is the index of the feature at fault, or WHOLE_ROW. */
  note(fault: RowFault, feature: number): void;
}

export const WHOLE_ROW = -1;
