import { describeIdenticalResults } from './identical-results.js';

describeIdenticalResults(undefined, [
  [1, 'adaptive', 'auto'],
  [2, 'block', 'auto'],
  [3, 'self', '1'],
  [3, 'cyclic', '7'],
  [2, 'guided', '5'],
  [3, 'factoring', 'auto'],
  [3, 'lpt', 'auto'],
  [3, 'adaptive-factoring', 'auto'],
  [3, 'work-stealing', 'auto'],
  [3, 'adaptive', 'auto'],
  [2, 'lpt', '3'],
]);
