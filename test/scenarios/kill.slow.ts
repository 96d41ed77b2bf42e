import { embeddedPlace } from '../support/scenario-places';
import { killSuite } from './kill-suite';

describe('killing the trainer, embedded', () => killSuite(embeddedPlace));
