import { killSuite } from '../scenarios/kill-suite';
import { describeLive } from '../support/live';
import { livePlace } from '../support/scenario-places';

describeLive('killing the trainer, on Kafka and Redis', (servers) => killSuite(livePlace(servers)));
