// Runs one of the TypeScript files of this folder in this process: node http-child.js http-bare.ts
const { join } = require('node:path');
require('../../scripts/read-typescript.js');
require(join(__dirname, process.argv[2]));
