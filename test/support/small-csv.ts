/**
 * A CSV file with the variety of real files: negative, whole and exponent numbers, quoted labels with a space, and
 * Windows line ends. Column names are plain, since a schema refuses spaces and capitals. Two columns separate the three
 * classes, the third is noise. Row i is of class i mod 3.
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
