/** What ranks need of the built-in solvers: each is loaded when a study asks for it. */
import type { KernelMaker } from '../study/solver.js';

export const kernelMakers: readonly KernelMaker[] = [
  {
    name: 'tem1d',
    kernel: async (...[request, shared, form]) =>
      (await import('./tem1d/kernel.js')).makeKernel(request, shared, form),
  },
  {
    name: 'manybody',
    kernel: async (...request) => (await import('./manybody/kernel.js')).manyBodyKernel(...request),
  },
];
