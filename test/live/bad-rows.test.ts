import { badRowsSuite } from '../scenarios/bad-rows-suite';
import { describeLive } from '../support/live';
import { livePlace } from '../support/scenario-places';

describeLive('bad rows, on Kafka and Redis', (servers) => badRowsSuite(livePlace(servers)));
