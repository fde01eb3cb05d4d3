import { describeCommandsOver } from './commands-over.js';

describeCommandsOver('MPICH', 'mpich');
