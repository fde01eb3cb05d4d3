import { testRestartsUnder } from './restarts.js';

testRestartsUnder('openmpi');
