const { availableParallelism } = require('node:os');

module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  // The package's entry is an ES module, which Jest does not load; its CommonJS build stands beside it.
  moduleNameMapper: { '^d3-hierarchy$': '<rootDir>/node_modules/d3-hierarchy/dist/d3-hierarchy.js' },
  globalSetup: '<rootDir>/test/support/live-setup.ts',
  globalTeardown: '<rootDir>/test/support/live-teardown.ts',
  testTimeout: 20_000,
  // Many suites wait for processes and sockets; with one worker a core some would stand idle.
  maxWorkers: availableParallelism() + 1,
};
