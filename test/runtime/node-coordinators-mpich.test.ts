import { describeNodeCoordinators } from './node-coordinators.js';

describeNodeCoordinators('MPICH', [
  ['cyclic', '7', '2'],
  ['factoring', 'auto', '1'],
  ['lpt', 'auto', '3'],
]);
