import { describeLive } from '../support/live';
import { embeddedPlace, livePlace, type OpenPlace } from '../support/scenario-places';

export type BackendName = 'embedded' | 'servers';

/** Runs a suite on each requested backend, by default on both. */
export function onEachBackend(
  what: string,
  suite: (open: OpenPlace, series: { readonly name: string; readonly flags: string }) => void,
): void {
  const subject = what === 'up' ? 'alder up' : `the ${what}`;
  const wanted = process.env.ALDER_KILL_BACKEND || null;
  const seriesOf = (backend: BackendName) => ({
    name: `${what}, ${backend}`,
    flags: `--what ${what} --backend ${backend}`,
  });
  if (wanted !== 'servers')
    describe(`killing ${subject}, embedded`, () => suite(embeddedPlace, seriesOf('embedded')));
  if (wanted !== 'embedded')
    describeLive(`killing ${subject}, on Kafka and Redis`, (servers) =>
      suite(livePlace(servers), seriesOf('servers')),
    );
}
