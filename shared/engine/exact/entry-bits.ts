/**
 * An entry is a row of a small subtree as one feature sees it, in one integer: its rank among the subtree's distinct
 * values, its number within the subtree, its class. So small, the lists of all features fit the first cache together.
 */
export const CLASS_BITS = 8;
export const CLASS_MASK = 255;

/** Rows that 11 bits tell apart; as many ranks above them leave the sign alone. */
export const LOCAL_ROWS_MAX = 2_048;
export const ROW_MASK = LOCAL_ROWS_MAX - 1;

export const RANK_SHIFT = 19;
/** What tells rows of another value or class apart. */
export const RANK_AND_CLASS_MASK = ~(ROW_MASK << CLASS_BITS);
