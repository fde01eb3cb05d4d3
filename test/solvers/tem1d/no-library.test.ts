/** A machine without the C kernels: there is no compiler, and nobody has built them. */
import { expect, test, vi } from 'vitest';
import { EnvironmentError } from '../../../src/errors/environment-error.js';
import { kernelMakers } from '../../../src/solvers/kernels.js';
import { forms, prepare } from '../../../src/solvers/tem1d/kernel.js';
import { settingsSchema } from '../../../src/solvers/tem1d/settings.js';

// A machine that has them cannot be made to be without.
vi.mock('../../../src/kernels/native.js', () => ({
  nativeLibraryPath: () => undefined,
  nativeLibrary: () => ({ kind: 'missing', reason: 'there is no cc to build it with' }),
}));

const tem1d = kernelMakers.find(({ name }) => name === 'tem1d')!;
const request = {
  settings: settingsSchema.parse({ times: [1e-5] }),
  columns: [{ name: 'resistivities', dtype: 'float64', shape: [1] }],
} as const;

test('offers the TypeScript form alone, and refuses to be a rank of a run in C', async () => {
  expect(forms()).toEqual(['typescript']);
  const tables = prepare(request);
  const kernel = (form: 'c' | 'typescript') => tem1d.kernel(request, tables, form, undefined as never);
  expect(await kernel('typescript')).toMatchObject({ name: 'tem1d', form: 'typescript' });
  await expect(kernel('c')).rejects.toThrow(EnvironmentError);
});
