// Loaded with `node --require` before a program. Shifts the wall clock by the number of milliseconds in the file that
// WALL_CLOCK_SHIFT_FILE names. Timers and the monotonic clock do not change, as when an operator or NTP sets the time.
const { readFileSync } = require('node:fs');

const RealDate = Date;

function shiftMs() {
  return Number(readFileSync(process.env.WALL_CLOCK_SHIFT_FILE, 'utf8'));
}

globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(RealDate.now() + shiftMs());
    else super(...given);
  }

  static now() {
    return RealDate.now() + shiftMs();
  }
};
