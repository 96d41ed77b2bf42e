import { changedInWords, refusedInWords } from '../../../services/dashboard/versions/send-change';
import {
  actorInWords,
  aliasesByVersion,
  percentText,
  reasonInWords,
} from '../../../services/dashboard/versions/version-words';
import { PROMOTION_REASONS } from '../../../shared/evaluation/promotion-rule';

test.each(PROMOTION_REASONS)('the reason %s is shown in words', (reason) => {
  expect(reasonInWords(reason)).toMatch(/ /);
});

test('the reason of a person is shown as it is', () => {
  expect(reasonInWords('slower in the field')).toBe('slower in the field');
});

test('aliases are grouped by version in alphabetical order', () => {
  const aliases = { stable: { version: 3 }, champion: { version: 3 }, old: { version: 1 } };
  expect(aliasesByVersion(aliases)).toEqual(
    new Map([
      [3, ['champion', 'stable']],
      [1, ['old']],
    ]),
  );
});

test('the actor of a move is shown without the prefix of its kind', () => {
  expect(actorInWords('person ada')).toBe('ada');
  expect(actorInWords('trainer vm-1-ab')).toBe('the trainer');
});

test('a percentage of no rows is unknown and not zero', () => {
  expect(percentText(0, 0)).toBe('–');
  expect(percentText(19, 20)).toBe('95.0 %');
});

test('the notice of a change names both versions', () => {
  const answer = { model: 'm', alias: 'champion', version: 12, revision: 5, held: true, from: 15 };
  expect(changedInWords(answer)).toBe(
    'champion points at version 12, no longer at version 15, pinned by hand until it is released.',
  );
});

test('a refused change says what to do', () => {
  expect(refusedInWords(401, { code: 'unauthorized', detail: '' })).toMatchObject({ needsToken: true });
  expect(refusedInWords(404, { code: 'not-found', detail: '' }).words).toContain('accepts no changes');
  expect(refusedInWords(412, { code: 'precondition-failed', detail: '' }).words).toContain('check the alias');
  expect(refusedInWords(422, { code: 'alias-name', detail: 'A name.' }).words).toBe('A name. (alias-name)');
});
