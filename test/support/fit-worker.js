// Runs the worker of a fit from its source, as jest does with everything that it loads itself.
const { transformFileSync } = require('@swc/core');

require.extensions['.ts'] = (module, file) => {
  const { code } = transformFileSync(file, {
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'commonjs' },
  });
  module._compile(code, file);
};
require('../../services/trainer/fit/fit-worker.ts');
