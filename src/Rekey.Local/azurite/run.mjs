// Runs Azurite inside this process and ends with the pipe on stdin: its parent may be killed in any way,
// the pipe closes all the same, and no emulator is left behind.
import { createRequire } from 'node:module';

const entry = process.argv[2];
const end = () => process.exit(0);
process.stdin.on('end', end).on('close', end).on('error', end).resume();
// Ctrl+C reaches the whole process group; the starter decides when storage goes away.
process.on('SIGINT', () => {});
process.argv = [process.argv[0], entry, ...process.argv.slice(3)];
createRequire(entry)(entry);
