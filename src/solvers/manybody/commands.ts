/** The commands `manybody ...`. */
import type { DomainCommands, SolverRun } from '../../study/solver.js';
import { numbersOf } from './answer/numbers.js';
import { qcmanybody } from './peer/qcmanybody.js';
import { studyOfInput } from './study.js';
import { manyBodyTools } from './tools.js';

const manyBodyRun: SolverRun = {
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

export const manyBodyCommands: DomainCommands = { runs: [manyBodyRun], tools: manyBodyTools };
