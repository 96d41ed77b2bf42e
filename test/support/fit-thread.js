// Runs a thread of a fit from its source, as jest does with everything that it loads itself.
require('../../scripts/read-typescript.js');
require('../../services/trainer/fit/fit-thread.ts');
