import type { DeepReport } from '../../services/verifier/report';
import { openEnvironment } from '../../shared/lmdb/environment';
import { rejectedTopic } from '../../shared/row-log/rejected-messages';
import { changeMessage, deleteMessages } from '../support/embedded';
import { describeLive } from '../support/live';
import { type DeepPlace, embeddedDeepPlace, liveDeepPlace, verifiedAt } from './deep-places';
import { RECORD_CHANGES } from './tampered-records';
import { resealed, type TrainedModel, withTrainedModel } from './trained-models';

/** Every field that a report names as different: `7: tree.digest` for a version's, without a number for the others. */
function named({ versions, differences }: DeepReport): string[] {
  return [
    ...versions.flatMap(({ version, differences: found }) =>
      found.map(({ field }) => `${version}: ${field}`),
    ),
    ...differences.map(({ field }) => field),
  ];
}

async function namedAt(model: TrainedModel): Promise<string[]> {
  const report = await verifiedAt(model.settings);
  const found = named(report);
  expect(report.isClean).toBe(found.length === 0);
  return found;
}

/** Changes of the stored registry, and the findings of the verifier about them. */
function tamperingSuite(place: DeepPlace): void {
  describe(`what was tampered with is named: ${place.name}`, () => {
    test('a changed byte of a stored tree is reported', async () => {
      await withTrainedModel(place, {}, async (model) => {
        const text = (await model.pipeline.registry.loadTree(5))!;
        const at = text.indexOf('"threshold":[') + '"threshold":['.length;
        const flipped = text.slice(0, at) + (text[at] === '1' ? '2' : '1') + text.slice(at + 1);
        await model.tampering.setTree(5, flipped);
        expect(await namedAt(model)).toEqual(['5: stored tree']);
      });
    });

    test('each changed field of a record with a new digest is reported at its version', async () => {
      await withTrainedModel(place, {}, async (model) => {
        const { records, tampering, pipeline } = model;
        // A version whose window slides and whose mini-batch has bad rows, with others before and behind it.
        const record = records.find(
          ({ lineage, rows }) => lineage[0]!.windowFrom !== '0' && rows.rejected > 0,
        )!;
        const { version } = record;
        expect(version).toBeGreaterThan(2);
        const text = (await pipeline.registry.loadRecord(version))!;
        const unnamed: string[] = [];
        for (const { named: field, change } of RECORD_CHANGES) {
          await tampering.setRecord(version, resealed(record, change(record)));
          const found = await namedAt(model);
          if (!found.includes(`${version}: ${field}`)) unnamed.push(`${field}, but ${found.join(', ')}`);
        }
        expect(unnamed).toEqual([]);
        await tampering.setRecord(version, text);
        expect(await namedAt(model)).toEqual([]);
      });
    }, 60_000);

    test('a changed field of a record with its old digest is reported', async () => {
      await withTrainedModel(place, {}, async (model) => {
        const text = (await model.pipeline.registry.loadRecord(4))!;
        await model.tampering.setRecord(4, text.replace(/"window":(\d+)/, '"window":9$1'));
        expect(await namedAt(model)).toContain('4: record');
      });
    });

    test('a version that is missing in the middle is reported', async () => {
      await withTrainedModel(place, {}, async (model) => {
        await model.tampering.dropVersion(4);
        const report = await verifiedAt(model.settings);
        expect(named(report)).toEqual(['history']);
        expect(report.differences[0]!.found).toBe('without 4');
        // Its child is compared in all that does not need it, and is not called equal.
        expect(report.versions.find(({ version }) => version === 5)!.status).toBe('partly-checked');
      });
    });

    test('a missing newest version is reported', async () => {
      await withTrainedModel(place, {}, async (model) => {
        await model.tampering.dropVersion(model.records.length);
        expect(await namedAt(model)).toEqual(
          expect.arrayContaining(['newest version', 'alias champion', 'newest record digest']),
        );
      });
    });

    test('a champion alias at a version that is not stored is reported', async () => {
      await withTrainedModel(place, {}, async (model) => {
        await model.tampering.pointChampionAt(99);
        expect(await namedAt(model)).toEqual(['alias champion', 'alias champion: version']);
      });
    });

    test('a champion alias that moved without an entry in the journal is reported', async () => {
      await withTrainedModel(place, {}, async (model) => {
        await model.tampering.pointChampionAt(2);
        expect(await namedAt(model)).toEqual(['alias champion: version']);
      });
    });

    test('a changed entry of the journal is reported', async () => {
      await withTrainedModel(place, {}, async (model) => {
        const journal = await model.pipeline.registry.journal(100);
        const entry = journal[2]!;
        for (const [change, field] of [
          [{ to: entry.to + 1 }, `journal of version ${entry.to}`],
          [{ from: 99 }, `journal of version ${entry.to}: from`],
          [{ revision: 7 }, 'journal of champion, revision 7: revision'],
          [{ reason: 'immediate' }, `journal of version ${entry.to}: reason`],
          [{ actor: 'trainer x' }, `journal of version ${entry.to}: actor`],
          [{ actor: 'somebody' }, `journal of version ${entry.to}`],
          [{ at: '2001-01-01T00:00:00.000Z' }, `journal of version ${entry.to}: at`],
          [{ alias: 'challenger' }, 'alias challenger: version'],
        ] as const) {
          await model.tampering.setJournalEntry(2, JSON.stringify({ ...entry, ...change }));
          expect(await namedAt(model)).toContain(field);
        }
        await model.tampering.setJournalEntry(2, 'gone');
        expect(await namedAt(model)).toContain('journal[2]');
        await model.tampering.setJournalEntry(2, JSON.stringify(entry));
        expect(await namedAt(model)).toEqual([]);
      });
    });

    test('a rejected copy without a row in the log, or with another reason or other bytes, is reported', async () => {
      await withTrainedModel(place, {}, async (model) => {
        const { rowLog } = model.pipeline;
        const copy = { partition: 0, offset: 40, line: 0, reason: 'invalid-json', attempt: 1 } as const;
        const bytes = Buffer.from('not a row');
        await rowLog.appendRejected([{ ...copy, bytes }]);
        expect(await namedAt(model)).toEqual([]);
        await rowLog.appendRejected([
          { ...copy, offset: 3, bytes },
          { ...copy, reason: 'invalid-utf8', bytes },
          { ...copy, bytes: Buffer.from('not a cow') },
          // What no version counts yet may have its copy already.
          { ...copy, offset: 5_000, bytes },
        ]);
        expect(await namedAt(model)).toEqual([
          'rejected copy 0/10',
          expect.stringMatching(/^rejected copy 0\/11 of .*: reason$/),
          expect.stringMatching(/^rejected copy 0\/12 of .*: bytes$/),
        ]);
      });
    });

    test('a schema that is not the model’s is refused by name', async () => {
      await withTrainedModel(place, {}, async ({ records, tampering, settings }) => {
        const newest = records.at(-1)!;
        await tampering.setRecord(newest.version, resealed(newest, { schemaDigest: 'cd'.repeat(32) }));
        await expect(verifiedAt(settings)).rejects.toMatchObject({ code: 'schema-differs' });
      });
    });
  });
}

tamperingSuite(embeddedDeepPlace);

describeLive('on servers', (servers) => tamperingSuite(liveDeepPlace(servers)));

describe('what was tampered with in the embedded log is named', () => {
  test('a changed label in the embedded log is reported', async () => {
    await withTrainedModel(embeddedDeepPlace, {}, async (model) => {
      const environment = openEnvironment(model.settings.dataDir);
      const [, , third] = model.records;
      const offset = Number(third!.lineage[0]!.batchFrom);
      await changeMessage(environment, 'alder-rows', { partition: 0, offset }, (text) =>
        text.includes('setosa')
          ? text.replace('setosa', 'virginica')
          : text.replace(/virginica|versicolor/, 'setosa'),
      );
      await environment.close();
      const found = await namedAt(model);
      expect(found).toContain('3: rows.digest');
      expect(found).toContain('3: tree.digest');
      expect(found.filter((field) => /^[12]:/.test(field))).toEqual([]);
    });
  });

  test('a message that is missing in the middle is reported', async () => {
    await withTrainedModel(embeddedDeepPlace, {}, async (model) => {
      const environment = openEnvironment(model.settings.dataDir);
      await deleteMessages(environment, 'alder-rows', { partition: 0, from: 3, next: 4 });
      await environment.close();
      const found = await namedAt(model);
      for (const field of ['lineage[0].messages', 'lineage[0].skipped', 'lineage[0].accepted', 'rows.digest'])
        expect(found).toContain(`1: ${field}`);
    });
  });

  test.each([0, 4, 8])('a missing copy of rejected row %i is reported', async (gone) => {
    await withTrainedModel(embeddedDeepPlace, {}, async (model) => {
      const environment = openEnvironment(model.settings.dataDir);
      const range = { partition: 0, from: gone, next: gone + 1 };
      await deleteMessages(environment, rejectedTopic('alder-rows'), range);
      await environment.close();
      const report = await verifiedAt(model.settings);
      expect(report.differences).toEqual([
        {
          field: 'rejected rows',
          recorded: expect.stringMatching(/^alder-rows\/0\/\d+\/\d+$/),
          found: 'there is no copy',
        },
      ]);
    });
  });
});
