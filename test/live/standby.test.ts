import { standbySuite } from '../scenarios/standby-suite';
import { describeLive } from '../support/live';
import { livePlace } from '../support/scenario-places';

describeLive('two trainers, on Kafka and Redis', (servers) => standbySuite(livePlace(servers)));
