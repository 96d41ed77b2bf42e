const { join } = require('node:path');
const main = require('../jest.config.js');

// The tests of `npm test` with a coverage figure. The figure is a lower bound: code that runs in a worker thread or in a
// child process (bin/alder.js from dist/) is not counted, nor are the slow and browser suites. Without servers the live
// suites are skipped, so the adapters of Kafka and Redis count as uncovered.
module.exports = {
  ...main,
  rootDir: join(__dirname, '..'),
  // Files outside the roots would not count when no test loads them.
  roots: ['test', 'shared', 'services', 'cli'].map((folder) => `<rootDir>/${folder}`),
  collectCoverage: true,
  coverageProvider: 'v8',
  coverageReporters: ['text-summary', 'json-summary'],
  collectCoverageFrom: ['{shared,services,cli}/**/*.ts', '!services/dashboard/**'],
  // Without servers the figures are 85.2 % of lines and 93.8 % of branches; the floor is just below them.
  coverageThreshold: { global: { lines: 85, branches: 93 } },
  // Instrumented code is slower.
  testTimeout: 60_000,
};
