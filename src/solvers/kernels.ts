/** What ranks need of the built-in solvers: each is loaded when a study asks for it. */
import type { KernelMaker } from '../study/solver.js';
import { solverName as manyBody } from './manybody/identity.js';

export const kernelMakers: readonly KernelMaker[] = [
  {
    name: 'tem1d',
    kernel: async (...[request, shared, form]) =>
      (await import('./tem1d/kernel.js')).makeKernel(request, shared, form),
  },
  {
    name: manyBody,
    kernel: async (...request) => (await import('./manybody/kernel.js')).manyBodyKernel(...request),
  },
];
