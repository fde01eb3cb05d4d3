import { expect, test } from 'vitest';
import { EnvironmentError } from '../../src/errors/environment-error.js';
import { InputError } from '../../src/errors/input-error.js';

test.each([
  [
    new InputError('ranks cannot be used', { field: 'ranks', expected: 'a number', given: '0' }),
    'InputError: ranks: ranks cannot be used (expected a number, got 0)',
  ],
  [new EnvironmentError('no mpirun', { hint: 'Install one' }), 'EnvironmentError: no mpirun. Install one'],
  [new EnvironmentError('disk full'), 'EnvironmentError: disk full'],
])('printed as it is, an error says all that is known', (error, text) => {
  expect(String(error)).toBe(text);
});
