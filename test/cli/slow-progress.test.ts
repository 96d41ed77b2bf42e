import { barText } from '../../cli/slow-progress';

test('a bar is as full as the work is done, and never fuller', () => {
  expect(barText(0, 8)).toBe(`[${'░'.repeat(24)}]   0 %  `);
  expect(barText(3, 8)).toBe(`[${'█'.repeat(9)}${'░'.repeat(15)}]  37 %  `);
  expect(barText(9, 8)).toBe(`[${'█'.repeat(24)}] 100 %  `);
});

test('without a known end there is no bar', () => {
  expect([barText(), barText(5), barText(5, 0)]).toEqual(['', '', '']);
});
