import { testIsolationUnder } from './isolation.js';
import { testMemoryUnder, testProgramMemoryUnder } from './memory.js';
import { local } from './transports.js';

testIsolationUnder(local, 'local processes');
testMemoryUnder(local, [
  {
    name: 'one worker whose memory is looked at now and then',
    ranks: 1,
    environment: { SHOAL_CGROUP: 'off' },
  },
  { name: 'three workers', ranks: 3 },
]);
testProgramMemoryUnder(local);
