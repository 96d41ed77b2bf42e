import {
  changed,
  EMPTY_PAGE,
  MOMENTS_KEPT_MAX,
  type PageState,
  VERSIONS_KEPT_MAX,
} from '../../../services/dashboard/feed/page-state';
import { pipelineOf, versionOf } from '../events';

const versions = (...numbers: number[]) => ({ versions: numbers.map((version) => versionOf(version)) });
const numbersOf = (state: PageState) => state.versions.map(({ version }) => version);

test('versions that come again after a reconnect are kept once, in order', () => {
  const first = changed(EMPTY_PAGE, { kind: 'versions', event: versions(1, 2, 3) });
  const again = changed(first, { kind: 'versions', event: versions(2, 3, 4) });
  expect(numbersOf(again)).toEqual([1, 2, 3, 4]);
});

test('of a registry that began anew nothing old is left', () => {
  const first = changed(EMPTY_PAGE, { kind: 'versions', event: versions(1, 2, 3) });
  const other = { versions: [versionOf(1, { recordDigest: 'f'.repeat(64) })] };
  expect(numbersOf(changed(first, { kind: 'versions', event: other }))).toEqual([1]);
});

test('what is kept is bounded', () => {
  let state = EMPTY_PAGE;
  for (let atMs = 0; atMs < 3 * MOMENTS_KEPT_MAX; atMs++)
    state = changed(state, { kind: 'pipeline', event: pipelineOf(), atMs });
  expect(state.moments.map(({ atMs }) => atMs)[0]).toBe(2 * MOMENTS_KEPT_MAX);
  const many = Array.from({ length: VERSIONS_KEPT_MAX + 5 }, (_, i) => i + 1);
  expect(numbersOf(changed(state, { kind: 'versions', event: versions(...many) }))[0]).toBe(6);
});

test('a lost connection keeps what was known and when it was lost, until something comes', () => {
  const live = changed(EMPTY_PAGE, { kind: 'pipeline', event: pipelineOf(), atMs: 1 });
  const lost = changed(changed(live, { kind: 'lost', atMs: 5 }), { kind: 'lost', atMs: 9 });
  expect(lost).toMatchObject({ connection: 'lost', lostAtMs: 5, pipeline: live.pipeline });
  const back = changed(lost, { kind: 'pipeline', event: pipelineOf(), atMs: 10 });
  expect(back).toMatchObject({ connection: 'live', lostAtMs: null });
});
