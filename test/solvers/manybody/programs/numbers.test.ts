import fc from 'fast-check';
import { expect, test } from 'vitest';
import { numberText } from '../../../../src/solvers/manybody/programs/atoms.js';
import { fromLowerTriangle, numberOf } from '../../../../src/solvers/manybody/programs/numbers.js';
import { databaseDoubles } from '../../../../src/solvers/manybody/programs/nwchem-database.js';

test('every double is written so that it is read back, as C and as Fortran write it', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = numberText(value);
      expect(text).toMatch(/\./);
      expect(numberOf(text, 'x') === value).toBe(true);
      expect(numberOf(text.replace('e', 'D'), 'x') === value).toBe(true);
    }),
  );
});

test.each(['', '1.0E', '1.2.3', '0x10', '1,5', 'nan', '****', 'Infinity', '-'])('%j is no number', (text) => {
  expect(() => numberOf(text, 'the energy')).toThrow(/the energy is/);
});

test('a triangle becomes a symmetric matrix', () => {
  expect([...fromLowerTriangle(Float64Array.of(1, 2, 3, 4, 5, 6), 3)]).toEqual([1, 2, 4, 2, 3, 5, 4, 5, 6]);
});

/** A record as NWChem writes it; `state` 1 is valid. */
function record(key: string, values: readonly number[], state = 1): Buffer {
  const head = Buffer.alloc(12);
  head.writeInt32LE(key.length + 1, 0);
  head.writeInt32LE(8 * values.length, 4);
  head.writeInt32LE(state, 8);
  return Buffer.concat([head, Buffer.from(`${key}\0`), Buffer.from(Float64Array.from(values).buffer)]);
}

test('doubles of the database are those of the last record that is valid and whole', () => {
  const database = Buffer.concat([
    Buffer.from('noise task:energy\0 more'),
    record('task:energy', [1]),
    record('mytask:energy', [7]),
    record('task:energy', [-75.98397447260703]),
    record('task:energy', [3], 0),
    record('task:gradient', [1, 2, 3]),
  ]);
  expect(databaseDoubles(database, 'task:energy')).toEqual(Float64Array.of(-75.98397447260703));
  expect(databaseDoubles(database, 'task:gradient')).toEqual(Float64Array.of(1, 2, 3));
  expect(databaseDoubles(database.subarray(0, -1), 'task:gradient')).toBeUndefined();
  expect(databaseDoubles(database, 'task:hessian')).toBeUndefined();
});
