import { describeIdenticalResults } from './identical-results.js';

describeIdenticalResults(undefined, [
  [1, 'adaptive', 'auto'],
  [2, 'block', 'auto'],
  [3, 'self', '1'],
  [3, 'cyclic', '7'],
  [2, 'guided', '5'],
  [3, 'factoring', 'auto'],
]);
