const { join } = require('node:path');
const { globalSetup: _, globalTeardown: __, ...main } = require('../../../jest.config.js');

// The suite starts its own servers, so no live setup is needed.
module.exports = {
  ...main,
  rootDir: join(__dirname, '../../..'),
  roots: ['<rootDir>/test/faults/chaos'],
  testMatch: ['**/*.chaos.ts'],
};
