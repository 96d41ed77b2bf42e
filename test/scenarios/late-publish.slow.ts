import { embeddedBackend } from '../support/pipeline-backends';
import { latePublishSuite } from './late-publish-suite';

describe('a late publish, embedded', () => latePublishSuite(embeddedBackend));
