const { join } = require('node:path');
const { globalSetup: _, globalTeardown: __, ...main } = require('../../../jest.config.js');

// Servers are the suite's own, so none is looked for beforehand.
module.exports = {
  ...main,
  rootDir: join(__dirname, '../../..'),
  roots: ['<rootDir>/test/faults/chaos'],
  testMatch: ['**/*.chaos.ts'],
};
