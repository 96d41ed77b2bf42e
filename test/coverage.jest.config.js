const { join } = require('node:path');
const main = require('../jest.config.js');

// The tests of `npm test` with a coverage figure. The figure is a lower bound: code that runs in a worker thread or in a
// child process (bin/alder.js from dist/) is not counted, nor are the slow and browser suites. Without servers the live
// suites are skipped, so the adapters of Kafka and Redis count as uncovered.
module.exports = {
  ...main,
  rootDir: join(__dirname, '..'),
  collectCoverage: true,
  coverageProvider: 'v8',
  coverageReporters: ['text-summary', 'json-summary'],
  collectCoverageFrom: ['{shared,services,cli}/**/*.ts', '!services/dashboard/**'],
  // The figures without servers, 89.10 % of lines and 94.26 % of branches, rounded down.
  coverageThreshold: { global: { lines: 89, branches: 94 } },
  // Instrumented code is slower.
  testTimeout: 60_000,
};
