import { latePublishSuite } from '../scenarios/late-publish-suite';
import { describeLive } from '../support/live';
import { liveBackend } from '../support/pipeline-backends';

describeLive('a late publish, on Kafka and Redis', (servers) => latePublishSuite(liveBackend(servers)));
