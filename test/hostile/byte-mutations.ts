import { type Draw, mutate } from '../row/mutations';
import { swapValues } from './value-swaps';

/** The kinds of mutation: seeds changed in values, in pieces or in single bytes, or random bytes. */
export function hostileText(seeds: readonly Uint8Array[], draw: Draw): Uint8Array {
  switch (draw(8)) {
    case 0:
      return changeBytes(seeds[draw(seeds.length)]!, draw);
    case 1:
      return changeBytes(mutate(seeds, draw), draw);
    case 2:
      return Uint8Array.from({ length: draw(40) }, () => draw(256));
    case 3:
    case 4:
      return swapValues(seeds, draw);
    default:
      return mutate(seeds, draw);
  }
}

/** One to four small changes that know nothing of JSON. */
function changeBytes(text: Uint8Array, draw: Draw): Uint8Array {
  let changed = Uint8Array.from(text);
  for (let changes = 1 + draw(4); changes > 0 && changed.length > 0; changes--) {
    const at = draw(changed.length);
    switch (draw(5)) {
      case 0: // one bit
        changed[at]! ^= 1 << draw(8);
        break;
      case 1: // any byte
        changed[at] = draw(256);
        break;
      case 2: // the byte before or after in value: a digit becomes its neighbour, `{` becomes `|`
        changed[at] = changed[at]! + (draw(2) === 0 ? 1 : 255);
        break;
      case 3: // the end is missing
        changed = changed.slice(0, at);
        break;
      default: {
        // two bytes change places
        const other = draw(changed.length);
        [changed[at], changed[other]] = [changed[other]!, changed[at]!];
      }
    }
  }
  return changed;
}

const TEMPTING = Uint8Array.from(Buffer.from('0"}]e1,{"data":[1,2],"label":"a"}\\u0000\n'));
/** One place for all texts, since each is read before the next is made, and making a new one takes longer than reading. */
const ROOM = new Uint8Array(4_096);

/**
 * The text in the middle of a larger buffer, like a row in a block of the log. The bytes around it would complete a
 * number, a string or an object, so a reader that reads past its range gives a wrong result.
 */
export function surrounded(text: Uint8Array, draw: Draw): { bytes: Uint8Array; from: number; to: number } {
  const before = draw(TEMPTING.length);
  const after = draw(TEMPTING.length);
  const length = before + text.length + TEMPTING.length - after;
  const bytes = length < ROOM.length ? ROOM : new Uint8Array(length);
  // By hand, since for texts as short as these a call of `set` costs more than the bytes do.
  let at = 0;
  for (let i = 0; i < before; i++) bytes[at++] = TEMPTING[i]!;
  for (let i = 0; i < text.length; i++) bytes[at++] = text[i]!;
  for (let i = after; i < TEMPTING.length; i++) bytes[at++] = TEMPTING[i]!;
  // Overwrites the rest of the text before this one, so that a difference depends on its own input alone.
  bytes[at] = 0;
  return { bytes, from: before, to: before + text.length };
}
