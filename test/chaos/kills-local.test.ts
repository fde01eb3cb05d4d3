import { testKills } from './kills.js';
import { local } from './transports.js';

testKills('local processes', 0, [local]);
