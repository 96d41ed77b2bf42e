import { openEmbeddedModelRegistry } from '../../shared/model-registry/embedded/embedded-model-registry';
import { embeddedOffsetMirror } from '../../shared/row-log/embedded/embedded-offset-mirror';
import { openEmbeddedRowLog } from '../../shared/row-log/embedded/embedded-row-log';
import { rejectedTopic } from '../../shared/row-log/rejected-messages';
import { makeTestFolder } from '../support/embedded';
import { modelRegistryContract } from './model-registry-contract';
import { offsetMirrorContract } from './offset-mirror-contract';
import { rowLogContract } from './row-log-contract';

const TOPIC = 'alder-rows';

rowLogContract('embedded, one environment', async ({ partitions }) => {
  const folder = makeTestFolder();
  const environment = folder.open();
  const reopen = (topic = TOPIC) => openEmbeddedRowLog(environment, { topic, partitions });
  return {
    log: await reopen(),
    reopen,
    openRejected: () => reopen(rejectedTopic(TOPIC)),
    cleanUp: () => folder.remove(),
  };
});

// Two environments on one folder meet only on the disk, as two processes do.
rowLogContract('embedded, an environment for each handle', async ({ partitions }) => {
  const folder = makeTestFolder();
  const reopen = (topic = TOPIC) => openEmbeddedRowLog(folder.open(), { topic, partitions });
  return {
    log: await reopen(),
    reopen,
    openRejected: () => reopen(rejectedTopic(TOPIC)),
    cleanUp: () => folder.remove(),
  };
});

modelRegistryContract('embedded, one environment', async () => {
  const folder = makeTestFolder();
  const environment = folder.open();
  const reopen = () => openEmbeddedModelRegistry(environment, { model: 'decisiontree' });
  return { registry: await reopen(), reopen, cleanUp: () => folder.remove() };
});

modelRegistryContract('embedded, an environment for each handle', async () => {
  const folder = makeTestFolder();
  const reopen = () => openEmbeddedModelRegistry(folder.open(), { model: 'decisiontree' });
  return { registry: await reopen(), reopen, cleanUp: () => folder.remove() };
});

offsetMirrorContract('embedded', async () => {
  const folder = makeTestFolder();
  const environment = folder.open();
  return {
    mirror: embeddedOffsetMirror(environment, TOPIC, 'alder-a'),
    other: async () => embeddedOffsetMirror(folder.open(), TOPIC, 'alder-b'),
    cleanUp: () => folder.remove(),
  };
});
