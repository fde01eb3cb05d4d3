/** Every built-in solver, and the domains with commands of their own. */
import type { Domain, Solver } from '../study/solver.js';
import { manybody } from './manybody/index.js';
import { tem1d } from './tem1d/index.js';

export const solvers: readonly Solver[] = [tem1d, manybody];

export const domains: readonly Domain[] = [
  { word: 'manybody', load: async () => (await import('./manybody/commands.js')).manyBodyCommands },
];
