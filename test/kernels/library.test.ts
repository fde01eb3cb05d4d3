import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { allocateColumns, type ColumnSpec } from '../../src/codec/columns.js';
import { EnvironmentError } from '../../src/errors/environment-error.js';
import { InputError } from '../../src/errors/input-error.js';
import { compileKernel, compilerVersion } from '../../src/kernels/compile.js';
import { type LibraryRequest, libraryKernel } from '../../src/kernels/library.js';
import { recordSkip } from '../skips.js';
import { contextOf } from './context.js';

const context = contextOf(7);
const scalar = (name: string): ColumnSpec => ({ name, dtype: 'float64', shape: [] });

const head = `#include "shoal_kernel.h"
#include <math.h>
`;
/** scaled: y = x * shared[0] + n, refuses negative x; uses its workspace and says where that starts. */
const scaled = `${head}
int64_t scaled_workspace(int64_t count, const void *shared, int64_t shared_bytes) {
  (void)shared, (void)shared_bytes;
  return count * 8;
}
const char *scaled_status_text(int32_t status) { return status == 3 ? "NegativeInput: x is negative" : "unknown"; }
SHOAL_KERNEL(scaled) {
  const double *x = inputs[0];
  const int32_t *n = inputs[1];
  const double *factor = shared;
  double *y = outputs[0], *v = outputs[1], *scratch = workspace;
  if (shared_bytes != 8 || workspace_bytes != count * 8 || (uintptr_t)workspace % 64) return 9;
  for (int64_t i = 0; i < count; i++) scratch[i] = x[i] * factor[0];
  for (int64_t i = 0; i < count; i++) {
    y[i] = scratch[i] + n[i];
    v[2 * i] = x[i], v[2 * i + 1] = sqrt(x[i]);
    status[i] = x[i] < 0 ? 3 : 0;
  }
  return 0;
}
`;

const hasCompiler = compilerVersion() !== undefined;
if (!hasCompiler) recordSkip('kernels in C: there is no C compiler');

describe.skipIf(!hasCompiler)('a kernel in C', () => {
  let cache: string;

  beforeAll(() => {
    cache = mkdtempSync(join(tmpdir(), 'shoal-cache-'));
    vi.stubEnv('XDG_CACHE_HOME', cache);
  });

  afterAll(() => {
    vi.unstubAllEnvs();
    rmSync(cache, { recursive: true, force: true });
  });

  function request(code: string, changes: Partial<LibraryRequest> = {}): LibraryRequest {
    return {
      path: compileKernel(code, 'kernel.c'),
      symbol: 'scaled',
      name: 'scaled',
      version: '1',
      inputs: [scalar('x'), { name: 'n', dtype: 'int32', shape: [] }],
      outputs: [scalar('y'), { name: 'v', dtype: 'float64', shape: [2] }],
      shared: new Uint8Array(Float64Array.of(10).buffer),
      ...changes,
    };
  }

  test('reads columns and shared data, writes columns, and turns statuses into failures', async () => {
    const kernel = libraryKernel(request(scaled));
    for (const count of [1, 3, 3000, 2]) {
      const x = Float64Array.from({ length: count }, (_, i) => (i === 1 ? -1 : i));
      const n = Int32Array.from({ length: count }, (_, i) => i + 1);
      const out = allocateColumns(kernel.outputs, count);
      const failures = await kernel.runBatch?.(count, { x, n }, out, context);
      expect(out.y).toEqual(x.map((value, i) => value * 10 + i + 1));
      expect((out.v as Float64Array).subarray(0, 2)).toEqual(Float64Array.of(0, 0));
      expect(failures).toEqual(
        count === 1
          ? undefined
          : [{ offset: 1, status: 'failed', type: 'NegativeInput', message: 'x is negative' }],
      );
    }
    expect(kernel.form).toBe('c');
  });

  test('that refuses a whole batch is an error with its code and its cases', () => {
    const kernel = libraryKernel(request(scaled, { shared: new Uint8Array(16) }));
    const columns = { x: Float64Array.of(1), n: Int32Array.of(1) };
    expect(() => kernel.runBatch?.(1, columns, allocateColumns(kernel.outputs, 1), context)).toThrow(
      'scaled refused the batch of 1 cases from 7: unknown (code 9)',
    );
  });

  test('is compiled once: the same source is found again, another one is another file', () => {
    const first = compileKernel(scaled, 'kernel.c');
    const made = statSync(first).mtimeMs;
    expect(compileKernel(scaled, 'kernel.c')).toBe(first);
    expect(statSync(first).mtimeMs).toBe(made);
    expect(compileKernel(`${scaled}\n`, 'kernel.c')).not.toBe(first);
    expect(readdirSync(join(cache, 'shoal', 'kernels')).every((name) => name.endsWith('.so'))).toBe(true);
  });

  test('that does not compile is refused in the words of the compiler, with line and file of the user', () => {
    const broken = `${head}\nSHOAL_KERNEL(broken) {\n  return missing_name;\n}\n`;
    try {
      compileKernel(broken, 'folder/mine.c');
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
      expect((error as InputError).message).toMatch(/mine\.c:5:\d+: error: .*missing_name/);
    }
  });

  test('without the function that the study names is refused, naming the function', () => {
    expect(() => libraryKernel(request(scaled, { symbol: 'other' }))).toThrow(InputError);
  });

  test('cannot have text columns', () => {
    const inputs: ColumnSpec[] = [{ name: 's', dtype: 'string', shape: [] }];
    expect(() => libraryKernel(request(scaled, { inputs }))).toThrow('numeric columns only');
  });

  test('needs a compiler, and says so when there is none', () => {
    vi.stubEnv('CC', 'no-such-compiler --flag');
    try {
      expect(() => compileKernel(`${scaled}/* other */`, 'kernel.c')).toThrow(EnvironmentError);
      expect(() => compileKernel(`${scaled}/* other */`, 'kernel.c')).toThrow('`no-such-compiler`');
    } finally {
      vi.stubEnv('CC', undefined);
    }
  });
});
