import { describeRunsOver } from './runs-over.js';

describeRunsOver('MPICH', 'mpich');
