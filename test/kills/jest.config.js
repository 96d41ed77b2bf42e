const { join } = require('node:path');
const main = require('../../jest.config.js');

// Suites of real processes that are killed again and again: named so that the normal run leaves them alone.
module.exports = {
  ...main,
  rootDir: join(__dirname, '../..'),
  roots: ['<rootDir>/test/kills'],
  testMatch: ['**/*.kills.ts'],
};
