import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PRELOAD = join(__dirname, 'preloads', 'shifted-wall-clock.js');

/** Shifts the wall clock of the processes that are started with its environment. */
export interface WallClockShift {
  readonly environment: Readonly<Record<string, string>>;
  /** Sets the difference to the machine's wall clock; running processes see a jump. */
  shiftTo(ms: number): void;
}

/** The processes read the shift from a file in `folder`. */
export function makeWallClockShift(folder: string): WallClockShift {
  const file = join(folder, 'wall-clock-shift');
  const shiftTo = (ms: number) => {
    // Written by rename, since the processes may read the file at any moment.
    writeFileSync(`${file}.next`, String(ms));
    renameSync(`${file}.next`, file);
  };
  shiftTo(0);
  return {
    environment: { NODE_OPTIONS: `--require "${PRELOAD}"`, WALL_CLOCK_SHIFT_FILE: file },
    shiftTo,
  };
}
