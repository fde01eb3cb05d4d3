/** Every built-in solver. */
import type { Solver } from '../study/solver.js';
import { tem1d } from './tem1d/index.js';

export const solvers: readonly Solver[] = [tem1d];
