const { join } = require('node:path');
const main = require('../jest.config.js');

// Suites that take ten seconds or more, and need no server: named so that the normal run stays under a minute.
module.exports = {
  ...main,
  rootDir: join(__dirname, '..'),
  testMatch: ['**/*.slow.ts'],
  testTimeout: 60_000,
};
