import { embeddedPlace } from '../support/scenario-places';
import { standbySuite } from './standby-suite';

describe('two trainers, embedded', () => standbySuite(embeddedPlace));
