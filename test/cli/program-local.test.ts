import { describeRunsOver } from './runs-over.js';

describeRunsOver('local processes');
