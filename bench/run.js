// Runs the benches from their sources: `npm run bench -- fit`. What they measure is dist/.
require('../scripts/read-typescript.js');
require('./main.ts').main(process.argv.slice(2));
