import { barText } from '../../cli/terminal';

test('a progress bar is filled by the share that is done, and never beyond its end', () => {
  expect(barText(0, 8)).toBe(`[${'░'.repeat(24)}]   0 %  `);
  expect(barText(3, 8)).toBe(`[${'█'.repeat(9)}${'░'.repeat(15)}]  37 %  `);
  expect(barText(9, 8)).toBe(`[${'█'.repeat(24)}] 100 %  `);
});

test('work without a known total has no progress bar', () => {
  expect([barText(), barText(5), barText(5, 0)]).toEqual(['', '', '']);
});
