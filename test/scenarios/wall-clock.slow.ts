import { embeddedPlace } from '../support/scenario-places';
import { wallClockSuite } from './wall-clock-suite';

describe('a wall clock that jumps, embedded', () => wallClockSuite(embeddedPlace));
