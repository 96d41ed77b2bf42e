import { embeddedPlace } from '../support/scenario-places';
import { badRowsSuite } from './bad-rows-suite';

describe('bad rows, embedded', () => badRowsSuite(embeddedPlace));
