import {
  changed,
  EMPTY_PAGE,
  MOMENTS_MAX,
  type PageState,
  VERSIONS_MAX,
} from '../../../services/dashboard/feed/page-state';
import { pipelineOf, versionOf } from '../events';

const versions = (...numbers: number[]) => ({ versions: numbers.map((version) => versionOf(version)) });
const numbersOf = (state: PageState) => state.versions.map(({ version }) => version);

test('versions that the server repeats after a reconnect are listed once, in order', () => {
  const first = changed(EMPTY_PAGE, { kind: 'versions', event: versions(1, 2, 3) });
  const again = changed(first, { kind: 'versions', event: versions(2, 3, 4) });
  expect(numbersOf(again)).toEqual([1, 2, 3, 4]);
});

test('a registry that was emptied replaces all versions known before', () => {
  const first = changed(EMPTY_PAGE, { kind: 'versions', event: versions(1, 2, 3) });
  const other = { versions: [versionOf(1, { recordDigest: 'f'.repeat(64) })] };
  expect(numbersOf(changed(first, { kind: 'versions', event: other }))).toEqual([1]);
});

test('the numbers of stored moments and versions are bounded', () => {
  let state = EMPTY_PAGE;
  for (let atMs = 0; atMs < 3 * MOMENTS_MAX; atMs++)
    state = changed(state, { kind: 'pipeline', event: pipelineOf(), atMs });
  expect(state.moments.map(({ atMs }) => atMs)[0]).toBe(2 * MOMENTS_MAX);
  const many = Array.from({ length: VERSIONS_MAX + 5 }, (_, i) => i + 1);
  expect(numbersOf(changed(state, { kind: 'versions', event: versions(...many) }))[0]).toBe(6);
});

test('a lost connection keeps the last state and the time of the loss until the next event', () => {
  const live = changed(EMPTY_PAGE, { kind: 'pipeline', event: pipelineOf(), atMs: 1 });
  const lost = changed(changed(live, { kind: 'lost', atMs: 5 }), { kind: 'lost', atMs: 9 });
  expect(lost).toMatchObject({ connection: 'lost', lostAtMs: 5, pipeline: live.pipeline });
  const back = changed(lost, { kind: 'pipeline', event: pipelineOf(), atMs: 10 });
  expect(back).toMatchObject({ connection: 'live', lostAtMs: null });
});
