const { join } = require('node:path');
const main = require('../../jest.config.js');

// Suites in a real browser: named so that the normal run leaves them alone. They need no server but those they start.
const { globalSetup, globalTeardown, ...rest } = main;
module.exports = {
  ...rest,
  rootDir: join(__dirname, '../..'),
  roots: ['<rootDir>/test/browser'],
  testMatch: ['**/*.browser.ts'],
  testTimeout: 60_000,
};
