/** Every built-in solver, and the commands that they bring. */
import type { Solver, SolverTool } from '../study/solver.js';
import { manyBodyTools } from './manybody/tools.js';
import { tem1d } from './tem1d/index.js';

export const solvers: readonly Solver[] = [tem1d];

export const tools: readonly SolverTool[] = [...manyBodyTools];
