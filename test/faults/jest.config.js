const { join } = require('node:path');
const main = require('../../jest.config.js');

// Also the suites that take minutes or several brokers: named so that the normal run leaves them alone.
module.exports = {
  ...main,
  rootDir: join(__dirname, '../..'),
  roots: ['<rootDir>/test/faults'],
  testMatch: ['**/*.faults.ts', '**/*.test.ts'],
};
