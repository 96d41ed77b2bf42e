// Runs the fit worker from its TypeScript source, since jest does not transform code in worker threads.
const { transformFileSync } = require('@swc/core');

require.extensions['.ts'] = (module, file) => {
  const { code } = transformFileSync(file, {
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'commonjs' },
  });
  module._compile(code, file);
};
require('../../services/trainer/fit/fit-worker.ts');
