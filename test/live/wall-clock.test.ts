import { wallClockSuite } from '../scenarios/wall-clock-suite';
import { describeLive } from '../support/live';
import { livePlace } from '../support/scenario-places';

describeLive('a wall clock that jumps, on Kafka and Redis', (servers) => wallClockSuite(livePlace(servers)));
