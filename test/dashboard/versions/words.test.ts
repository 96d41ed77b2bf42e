import { changedInWords, refusedInWords } from '../../../services/dashboard/versions/send-change';
import {
  actorInWords,
  aliasesByVersion,
  percentText,
  reasonInWords,
} from '../../../services/dashboard/versions/version-words';
import { PROMOTION_REASONS } from '../../../shared/evaluation/promotion-rule';

test.each(PROMOTION_REASONS)('the reason %s is told in words', (reason) => {
  expect(reasonInWords(reason)).toMatch(/ /);
});

test('a reason that a person gave stays as it is', () => {
  expect(reasonInWords('slower in the field')).toBe('slower in the field');
});

test('aliases stand at their versions in the order of the alphabet', () => {
  const aliases = { stable: { version: 3 }, champion: { version: 3 }, old: { version: 1 } };
  expect(aliasesByVersion(aliases)).toEqual(
    new Map([
      [3, ['champion', 'stable']],
      [1, ['old']],
    ]),
  );
});

test('who moved an alias is told without its prefix', () => {
  expect(actorInWords('person ada')).toBe('ada');
  expect(actorInWords('trainer vm-1-ab')).toBe('the trainer');
});

test('no row scored is unknown and not nought', () => {
  expect(percentText(0, 0)).toBe('–');
  expect(percentText(19, 20)).toBe('95.0 %');
});

test('a change is told with both versions', () => {
  const answer = { model: 'm', alias: 'champion', version: 12, revision: 5, held: true, from: 15 };
  expect(changedInWords(answer)).toBe(
    'champion points at version 12, no longer at 15, held there until it is released.',
  );
});

test('a refusal says what to do', () => {
  expect(refusedInWords(401, { code: 'unauthorized', detail: '' })).toMatchObject({ needsToken: true });
  expect(refusedInWords(404, { code: 'not-found', detail: '' }).words).toContain('takes no changes');
  expect(refusedInWords(412, { code: 'precondition-failed', detail: '' }).words).toContain('look again');
  expect(refusedInWords(422, { code: 'alias-name', detail: 'A name.' }).words).toBe('A name. (alias-name)');
});
