/** Makes a temporary folder with something in it, and is killed: `BASE`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../../src/process/temporary.js';

writeFileSync(join(temporaryFolder('job', process.argv[2]!), 'big'), 'data');
process.kill(process.pid, 'SIGKILL');
