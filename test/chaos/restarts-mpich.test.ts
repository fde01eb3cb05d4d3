import { testRestartsUnder } from './restarts.js';

testRestartsUnder('mpich');
