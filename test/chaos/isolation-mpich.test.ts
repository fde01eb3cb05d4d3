import { testInlineUnder, testIsolationUnder } from './isolation.js';
import { launcherOf, underMpirun } from './transports.js';

const launcher = launcherOf('mpich');
testIsolationUnder(launcher && underMpirun(launcher), 'mpich');
testInlineUnder(launcher && underMpirun(launcher), 'mpich');
