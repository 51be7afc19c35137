'use strict';
// Ends with whoever started it: a crashed test run closes our standard input.
process.stdin.on('end', () => process.exit(0)).resume();
require(require('node:path').join(process.argv.splice(2, 1)[0], 'node_modules/azurite/dist/src/azurite.js'));
