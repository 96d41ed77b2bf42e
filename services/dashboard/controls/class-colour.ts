/** As many colours as the page has for classes; further classes take them in turn, so names always stand beside. */
const COLOURS = 8;

/** The style class that gives `--class` the colour of a class of the model. */
export function classColour(k: number): string {
  return `class-${k % COLOURS}`;
}
