// Reports stored results: `npm run bench:report -- full.json`.
require('../scripts/read-typescript.js');
require('./report.ts').main(process.argv.slice(2));
