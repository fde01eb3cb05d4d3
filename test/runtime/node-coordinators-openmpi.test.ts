import { describeNodeCoordinators } from './node-coordinators.js';

describeNodeCoordinators('Open MPI', [
  ['adaptive', 'auto', '2'],
  ['self', '1', '1'],
  ['work-stealing', 'auto', '2'],
]);
