import { onlyBadSuite } from '../scenarios/breaker-only-bad-suite';
import { breakerSuite } from '../scenarios/breaker-suite';
import { describeLive } from '../support/live';
import { livePlace } from '../support/scenario-places';

describeLive('a producer that goes wrong, on Kafka and Redis', (servers) => breakerSuite(livePlace(servers)));
describeLive('a topic of only bad rows, on Kafka and Redis', (servers) => onlyBadSuite(livePlace(servers)));
