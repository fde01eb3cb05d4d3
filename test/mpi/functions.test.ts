import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors/input-error.js';
import { countOf } from '../../src/mpi/datatype.js';
import { declaredPrototypes, foreignPrototype } from '../../src/mpi/functions.js';
import '../../src/mpi/index.js';

describe('a C prototype', () => {
  const prototype =
    'int MPI_Xfer(const void *buf, MPI_Count count, MPI_Datatype type, const int counts[], MPI_File file, MPI_Request *request)';

  it.each([
    { handle: 'int', written: 'int ' },
    { handle: 'pointer', written: 'void *' },
  ] as const)('is put into koffi words with handles as $handle', ({ handle, written }) => {
    expect(foreignPrototype(prototype, handle)).toBe(
      `int MPI_Xfer(void *buf, int64_t count, ${written}type, void *counts, void *file, void *request)`,
    );
  });

  it('keeps void and double as they are', () => {
    expect(foreignPrototype('double MPI_Wtime(void)', 'int')).toBe('double MPI_Wtime(void)');
  });

  it('can be read for every function that is bound', () => {
    for (const each of declaredPrototypes.values()) expect(() => foreignPrototype(each, 'int')).not.toThrow();
  });
});

describe('a count', () => {
  it("past what MPI's int carries is refused, with a way out", () => {
    const huge = { length: 2 ** 31 } as unknown as Float64Array;
    expect(() => countOf(huge)).toThrow(InputError);
    expect(() => countOf(huge)).toThrow(/too many elements/);
    expect(countOf({ length: 2 ** 31 - 1 } as unknown as Float64Array)).toBe(2 ** 31 - 1);
  });
});
