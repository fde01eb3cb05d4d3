import { describeRunsOver } from './runs-over.js';

describeRunsOver('Open MPI', 'openmpi');
