import { embeddedPlace } from '../support/scenario-places';
import { breakerSuite } from './breaker-suite';

describe('a producer that goes wrong, embedded', () => breakerSuite(embeddedPlace));
