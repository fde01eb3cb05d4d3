import { describeCommandsOver } from './commands-over.js';

describeCommandsOver('local processes');
