/** Every built-in solver, and the commands that they bring. */
import type { Solver, SolverRun, SolverTool } from '../study/solver.js';
import { manyBodyRun, manybody } from './manybody/index.js';
import { manyBodyTools } from './manybody/tools.js';
import { tem1d } from './tem1d/index.js';

export const solvers: readonly Solver[] = [tem1d, manybody];

export const tools: readonly SolverTool[] = [...manyBodyTools];

export const solverRuns: readonly SolverRun[] = [manyBodyRun];
