import { describeDeterminism } from './determinism.js';

describeDeterminism('openmpi');
