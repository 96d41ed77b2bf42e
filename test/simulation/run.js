// Runs the simulation from its sources: `node test/simulation/run.js --seeds 1000`.
require('../../scripts/read-typescript.js');
require('./main.ts').main(process.argv.slice(2));
