import { expect, test } from 'vitest';
import { shortLibraryName } from '../../src/mpi/library-name.js';

test.each([
  [
    'Open MPI v4.1.4, package: Debian OpenMPI, ident: 4.1.4, repo rev: v4.1.4, May 26, 2022',
    'Open MPI v4.1.4',
  ],
  ['MPICH Version:\t4.0.2\nMPICH Release date:\tThu Apr  7 12:34:45 CDT 2022', 'MPICH 4.0.2'],
  ['MVAPICH Version        :    3.0', 'MVAPICH 3.0'],
  ['Intel(R) MPI Library 2021.12 for Linux* OS', 'Intel(R) MPI Library 2021.12'],
  ['Some MPI 7', 'Some MPI 7'],
])('%j is called %j', (text, name) => expect(shortLibraryName(text)).toBe(name));
