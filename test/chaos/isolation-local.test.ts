import { testIsolationUnder } from './isolation.js';
import { local } from './transports.js';

testIsolationUnder(local, 'local processes');
