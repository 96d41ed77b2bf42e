import { ENGINE_NAMES } from '../../shared/engine/engine';
import { describeLive } from '../support/live';
import { type DeepPlace, embeddedDeepPlace, liveDeepPlace, verifiedAt } from './deep-places';
import { withTrainedModel } from './trained-models';

function goodRunSuite(place: DeepPlace): void {
  describe(`a good run verifies clean: ${place.name}`, () => {
    test.each(ENGINE_NAMES.flatMap((engine) => [1, 4].map((partitions) => ({ engine, partitions }))))(
      '$engine over $partitions partition(s), bad rows between the good ones',
      async ({ engine, partitions }) => {
        await withTrainedModel(place, { partitions, settings: { engine } }, async ({ settings, records }) => {
          const report = await verifiedAt(settings);
          expect(report.differences).toEqual([]);
          expect(report.versions.flatMap(({ differences }) => differences)).toEqual([]);
          expect(report.versions.flatMap(({ unchecked }) => unchecked)).toEqual([]);
          expect(report).toMatchObject({ isClean: true, unchecked: [], differencesUnlisted: 0 });
          expect(report.counts).toEqual({
            equal: records.length,
            differs: 0,
            'partly-checked': 0,
            'not-covered': 0,
          });
          expect(records.length).toBeGreaterThan(6);
          expect(report.messagesRead).toBe(82);
          expect(report.rejectedRead).toBe(9);
        });
      },
    );
  });
}

goodRunSuite(embeddedDeepPlace);

describeLive('on servers', (servers) => goodRunSuite(liveDeepPlace(servers)));
