import { describeDeterminism } from './determinism.js';

describeDeterminism(undefined);
