import { LiveVersions } from '../../../services/trainer/versions/live-versions';
import { CHAMPION } from '../../../shared/model-registry/aliases';
import type { RegistryState } from '../../../shared/model-registry/model-registry';
import { EMPTY_STATE } from '../../../shared/model-registry/registry-rules';
import type { VersionRecord } from '../../../shared/model-registry/version-record';
import { MemoryModelRegistry } from '../../support/memory-model-registry';

const DIGEST = 'd'.repeat(64);

function known(version: number) {
  return { record: { version, recordDigest: DIGEST } as VersionRecord, tree: {} as never };
}

function stateAt(newest: number, champion: number, revision: number): RegistryState {
  return {
    ...EMPTY_STATE,
    newest: { version: newest, recordDigest: DIGEST },
    aliases: { [CHAMPION]: { version: champion, revision, held: false } },
  };
}

test('a publish that promotes raises the revision of the champion by one', () => {
  const live = new LiveVersions(new MemoryModelRegistry(), known(11), stateAt(11, 11, 4));
  live.recordPublished(known(12), true);
  expect(live.state.aliases[CHAMPION]).toEqual({ version: 12, revision: 5, held: false });
  expect(live.state.newest?.version).toBe(12);
});

test('a move by a person that was observed before the reply to a publish is not forgotten', () => {
  const live = new LiveVersions(new MemoryModelRegistry(), known(11), stateAt(11, 11, 4));
  // The reply of publish 12 is lost. It moved the champion to 12 at revision 5, a person moved it back at 6.
  live.observe(stateAt(12, 11, 6));
  live.recordPublished(known(12), true);
  expect(live.championRevision).toBe(6);
  expect(live.state.aliases[CHAMPION]?.version).toBe(11);
  expect(live.newest?.record.version).toBe(12);
});
