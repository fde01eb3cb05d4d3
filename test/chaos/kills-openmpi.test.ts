import { testKillsUnder } from './kills.js';

testKillsUnder('openmpi', 1);
