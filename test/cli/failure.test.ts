import { expect, test } from 'vitest';
import { describeFailure } from '../../src/cli/failure.js';
import { MpiError } from '../../src/mpi/index.js';

test('a connection that MPI has lost is told as that, in one line and without a stack', () => {
  const text = 'Other MPI error, error stack:\ninternal_Isend(120): MPI_Isend failed\n Endpoint timeout';
  const shown = describeFailure(new MpiError('MPI_Isend', 'MPI_ERR_OTHER', 15, text), '/');
  expect(shown).toMatch(/^a rank of the job, or its host, cannot be reached any more; .*Endpoint timeout/);
  expect(shown).not.toMatch(/\n|internal error/);
});

test.each([new MpiError('MPI_Send', 'MPI_ERR_RANK', 6, 'invalid rank'), new RangeError('out of range')])(
  'any other error is a fault of ours, with its stack: %s',
  (error) => {
    expect(describeFailure(error, '/')).toMatch(/^internal error, .*\n\s+at /);
  },
);
