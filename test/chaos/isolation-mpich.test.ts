import { testInlineUnder, testIsolationUnder } from './isolation.js';
import { testMemoryUnder } from './memory.js';
import { launcherOf, underMpirun } from './transports.js';

const launcher = launcherOf('mpich');
testIsolationUnder(launcher && underMpirun(launcher), 'mpich');
testInlineUnder(launcher && underMpirun(launcher), 'mpich');
if (launcher)
  testMemoryUnder(underMpirun(launcher), [
    { name: 'ranks behind a node coordinator', ranks: 3, args: ['--coordinators', '1'] },
  ]);
