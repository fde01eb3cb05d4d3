/** Many-body expansions with quantum-chemistry programs: the solver `manybody`, loaded where a study asks for it. */
import { z } from 'zod';
import type { Solver } from '../../study/solver.js';
import { kernelVersion, solverName } from './identity.js';

export const manybody: Solver = {
  name: solverName,
  version: kernelVersion,
  settingsSchema: z.record(z.string(), z.unknown()),
  expand: async (section) => (await import('./study.js')).expandInput(section),
  keepsTime: true,
  // Everything is checked where the settings are expanded.
  check: () => {},
  forms: () => ['command'],
  prepare: () => null,
  kernel: async (...request) => (await import('./kernel.js')).manyBodyKernel(...request),
  assemble: async (...answer) => (await import('./answer/answer.js')).manyBodyAnswer(...answer),
};
