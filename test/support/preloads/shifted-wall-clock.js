// Loaded with `node --require` before a program: shifts its wall clock by as many milliseconds as the file that
// WALL_CLOCK_SHIFT_FILE names holds at the moment. Timers and the monotonic clock stay as they are, as they do when an
// operator or NTP sets the time.
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
