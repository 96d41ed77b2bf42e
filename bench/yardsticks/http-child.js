// Runs one of the TypeScript files beside it in a process of its own: node http-child.js http-bare.ts
const { join } = require('node:path');
require('../../scripts/read-typescript.js');
require(join(__dirname, process.argv[2]));
