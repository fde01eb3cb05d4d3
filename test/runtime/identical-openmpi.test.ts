import { describeIdenticalResults } from './identical-results.js';

describeIdenticalResults('Open MPI', [
  [1, 'self', 'auto'],
  [2, 'adaptive', 'auto'],
  [2, 'factoring', '3'],
  [4, 'block', '100'],
  [4, 'cyclic', '1'],
  [4, 'guided', 'auto'],
  [4, 'lpt', 'auto'],
  [4, 'adaptive-factoring', 'auto'],
  [3, 'work-stealing', 'auto'],
]);
