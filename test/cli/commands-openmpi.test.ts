import { describeCommandsOver } from './commands-over.js';

describeCommandsOver('Open MPI', 'openmpi');
