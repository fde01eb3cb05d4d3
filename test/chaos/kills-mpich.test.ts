import { testKillsUnder } from './kills.js';

testKillsUnder('mpich', 2);
