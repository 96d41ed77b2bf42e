const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * The number that a CSV cell spells in decimal (`5.1`, `-3`, `.5`, `1e5`, with spaces around it), or null. Hexadecimal,
 * `NaN`, an empty cell and a decimal beyond the doubles are no numbers.
 */
export function cellNumber(cell: string): number | null {
  const text = cell.trim();
  if (!DECIMAL.test(text)) return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}
