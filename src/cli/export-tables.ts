/** What `export` loads when it is called. */
export { executionTable } from '../results/execution-table.js';
export { exportPath, exportTable } from '../results/export/export.js';
export { resultsOf } from '../results/results.js';
export { resultsTable } from '../results/results-table.js';
