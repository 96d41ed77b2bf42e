/**
 * A CSV file as people have them: names with spaces and capitals would be refused by a schema, so plain ones; numbers
 * negative, whole and in exponents; labels with a space between quotes; lines that end as on Windows. Two of the
 * columns tell the three classes apart, the third is noise. Row i is of class i mod 3.
 */
export function wineCsv(rowCount: number): string {
  const lines = ['alcohol,acidity,colour,cultivar'];
  for (let i = 0; i < rowCount; i++) {
    const kind = i % 3;
    const wobble = ((i * 7919) % 100) / 400;
    const alcohol = (11 + kind + wobble).toFixed(3);
    const acidity = (-1.5 * kind - wobble).toExponential(4);
    lines.push(`${alcohol},${acidity},${(i * 31) % 17},${WINE_CLASSES_QUOTED[kind]}`);
  }
  return `${lines.join('\r\n')}\r\n`;
}

export const WINE_CLASSES = ['barolo', 'grignolino, old', 'nebbiolo'];
const WINE_CLASSES_QUOTED = WINE_CLASSES.map((name) => (name.includes(',') ? `"${name}"` : name));
