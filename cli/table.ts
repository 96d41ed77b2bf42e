/** Lines of cells under a header, each column as wide as its widest cell. */
export function tableText(header: readonly string[], lines: readonly (readonly string[])[]): string {
  const table = [header, ...lines];
  const widths = header.map((_, column) => Math.max(...table.map((line) => line[column]!.length)));
  return table.map((line) => `${alignedLine(line, widths)}\n`).join('');
}

function alignedLine(line: readonly string[], widths: readonly number[]): string {
  return line
    .map((cell, column) => cell.padEnd(widths[column]!))
    .join('  ')
    .trimEnd();
}
