import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PRELOAD = join(__dirname, 'preloads', 'shifted-wall-clock.js');

/** The wall clock of the processes that are started with its environment. */
export interface WallClockShift {
  readonly environment: Readonly<Record<string, string>>;
  /** From now on their wall clock is this far from the machine's; a jump for those that run already. */
  shiftTo(ms: number): void;
}

/** `folder` takes the file through which the processes hear of a shift. */
export function makeWallClockShift(folder: string): WallClockShift {
  const file = join(folder, 'wall-clock-shift');
  const shiftTo = (ms: number) => {
    // Renamed into place, since the processes may read it at any moment.
    writeFileSync(`${file}.next`, String(ms));
    renameSync(`${file}.next`, file);
  };
  shiftTo(0);
  return {
    environment: { NODE_OPTIONS: `--require "${PRELOAD}"`, WALL_CLOCK_SHIFT_FILE: file },
    shiftTo,
  };
}
