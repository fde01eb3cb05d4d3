import { describeDeterminism } from './determinism.js';

describeDeterminism('mpich');
