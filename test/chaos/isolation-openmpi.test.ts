import { testInlineUnder, testIsolationUnder } from './isolation.js';
import { testMemoryUnder } from './memory.js';
import { launcherOf, underMpirun } from './transports.js';

const launcher = launcherOf('openmpi');
// Memory is looked at now and then, as where no control group may be made.
testIsolationUnder(launcher && underMpirun(launcher), 'openmpi', { SHOAL_CGROUP: 'off' });
testInlineUnder(launcher && underMpirun(launcher), 'openmpi');
if (launcher) testMemoryUnder(underMpirun(launcher), [{ name: 'three ranks', ranks: 3 }]);
