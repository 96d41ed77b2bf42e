// Runs a fit thread from its TypeScript source, since jest does not transform code in worker threads.
require('../../scripts/read-typescript.js');
require('../../services/trainer/fit/fit-thread.ts');
