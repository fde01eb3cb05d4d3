/** Many-body expansions with quantum-chemistry programs: the solver `manybody`. */
import { z } from 'zod';
import type { Solver, SolverRun } from '../../study/solver.js';
import { manyBodyAnswer } from './answer/answer.js';
import { numbersOf } from './answer/numbers.js';
import { kernelVersion, manyBodyKernel } from './kernel.js';
import { qcmanybody } from './peer/qcmanybody.js';
import { expandInput, solverName, studyOfInput } from './study.js';

export const manybody: Solver = {
  name: solverName,
  version: kernelVersion,
  settingsSchema: z.record(z.string(), z.unknown()),
  expand: expandInput,
  keepsTime: true,
  // Everything is checked where the settings are expanded.
  check: () => {},
  forms: () => ['command'],
  prepare: () => null,
  kernel: manyBodyKernel,
  assemble: manyBodyAnswer,
};

export const manyBodyRun: SolverRun = {
  name: 'manybody run',
  describe:
    'Computes a many-body expansion: its calculations over the ranks, each result kept as it comes, and what they add up ' +
    'to. On its run directory it goes on where it was.',
  input:
    'File of the expansion: ManyBodyInput of QCSchema 1 or 2 as JSON, or the friendly form as YAML or JSON.',
  studyOf: studyOfInput,
  numbersOf,
  peer: qcmanybody,
};
