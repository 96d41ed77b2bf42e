import { embeddedPlace } from '../support/scenario-places';
import { onlyBadSuite } from './breaker-only-bad-suite';
import { breakerSuite } from './breaker-suite';

describe('a producer that goes wrong, embedded', () => breakerSuite(embeddedPlace));
describe('a topic of only bad rows, embedded', () => onlyBadSuite(embeddedPlace));
