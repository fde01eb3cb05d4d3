/** What `report` loads when it is called. */
export { reportFacts } from '../observe/report/facts.js';
export { writeReport } from '../observe/report/write.js';
