// Runs the benches from their TypeScript sources: `npm run bench -- fit`. The measured program is dist/.
require('../scripts/read-typescript.js');
require('./main.ts').main(process.argv.slice(2));
