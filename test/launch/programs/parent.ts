/** Starts a job as the command line does and waits for it: the test kills this process or its launcher. */
import { findLaunchers } from '../../../src/launch/mpirun/launcher.js';
import { runUnder } from '../../../src/launch/mpirun/run-under.js';
import { thisProcess } from '../../../src/process/identity.js';

const supervisor = thisProcess();

const [, , family, rankProgram] = process.argv;
const launcher = findLaunchers(process.env).find((candidate) => candidate.family === family);
const never = new AbortController().signal;
await runUnder({
  launcher: launcher!,
  ranks: 3,
  command: [process.execPath, rankProgram!, 'stay'],
  environment: process.env,
  facts: { folder: process.env.SHOAL_TEST_FOLDER!, supervisor, startedAtMs: 0, restarts: 0 },
  stop: never,
  abort: never,
});
