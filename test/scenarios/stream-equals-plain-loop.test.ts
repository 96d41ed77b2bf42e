import { describeLive } from '../support/live';
import { MemoryRowLog } from '../support/memory-row-log';
import { withPipeline } from '../support/pipeline';
import { embeddedBackend, liveBackend, memoryBackend } from '../support/pipeline-backends';
import { lineOf, shuffledIris } from './iris-rows';
import { expectPlainVersions, streamEqualsPlainLoop } from './stream-equals-plain-loop';

streamEqualsPlainLoop(embeddedBackend);

test('control records count as skipped, between messages and behind the last one', async () => {
  const log = MemoryRowLog.open();
  const lines = shuffledIris(11).map(lineOf);
  await withPipeline(memoryBackend(log), { settings: { batchRowsMax: 10 } }, async (pipeline) => {
    log.appendControlRecords(0, 2);
    await pipeline.append(0, lines.slice(0, 75));
    log.appendControlRecords(0, 3);
    await pipeline.append(0, lines.slice(75));
    log.appendControlRecords(0, 1);
    pipeline.startTrainer();
    await pipeline.refit();
    const run = await expectPlainVersions(pipeline);
    expect(run.at(-1)!.lineage[0]).toMatchObject({ messages: 150, skipped: 6, next: '156' });
  });
});

describeLive('on servers', (servers) => streamEqualsPlainLoop(liveBackend(servers)));
