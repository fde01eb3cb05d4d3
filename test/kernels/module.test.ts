import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allocateColumns } from '../../src/codec/columns.js';
import { InputError } from '../../src/errors/input-error.js';
import { bundleModule } from '../../src/kernels/bundle.js';
import { moduleKernel } from '../../src/kernels/module.js';
import { batchRunner } from '../../src/kernels/run-batch.js';
import { contextOf } from './context.js';

const context = contextOf();

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'shoal-module-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}

async function load(name: string, text: string, shared = {}, settings: unknown = undefined) {
  const path = write(name, text);
  return moduleKernel({ path, ...(await bundleModule(path)) }, shared, settings);
}

const columns = `inputs: [{ name: 'x' }], outputs: [{ name: 'y' }]`;

test.each([
  ['as the module is read', 'process.exit(7);', 7],
  ['in a later step', 'await new Promise((resolve) => setTimeout(resolve, 5)); process.exit();', 0],
])('a module that ends the process %s is refused, and nothing ends', async (how, statement, code) => {
  const text = `${statement}\nexport const kernel = { name: 'k', version: '1', ${columns}, run: () => ({ y: 1 }) };`;
  const name = `exits ${how}.ts`;
  await expect(load(name, text)).rejects.toMatchObject({
    name: 'InputError',
    message: `the kernel module ends the process, with exit code ${code}, when it is loaded`,
    facts: { file: join(folder, name) },
  });
});

describe('a TypeScript kernel module', () => {
  test('is bundled with what it imports and runs', async () => {
    write('twice.ts', 'export const twice = (x: number): number => 2 * x;\n');
    const kernel = await load(
      'kernel.ts',
      `import { defineKernel } from 'shoal';
       import { twice } from './twice.js';
       export const kernel = defineKernel({ name: 'twice', version: '1', ${columns},
         run: ({ x }) => ({ y: twice(x) }) });`,
    );
    const out = allocateColumns(kernel.outputs, 2);
    await batchRunner(kernel)(2, { x: Float64Array.of(1, 2) }, out, context);
    expect(out.y).toEqual(Float64Array.of(2, 4));
    expect(kernel).toMatchObject({ name: 'twice', version: '1', form: 'typescript' });
  });

  test('has the same hash wherever it lies, and another one when it or an import changes', async () => {
    const text = (factor: number) => `import { f } from './lib.js';
      export default { name: 'k', version: '1', ${columns}, run: ({ x }) => ({ y: f(x) * ${factor} }) };`;
    const lib = (offset: number) => `export const f = (x: number) => x + ${offset};`;
    const hashes: string[] = [];
    for (const [place, factor, offset] of [
      ['one', 2, 1],
      ['two/deep', 2, 1],
      ['three', 3, 1],
      ['four', 2, 2],
    ] as const) {
      write(`${place}/lib.ts`, lib(offset));
      hashes.push((await bundleModule(write(`${place}/kernel.ts`, text(factor)))).hash);
    }
    expect(hashes[1]).toBe(hashes[0]);
    expect(new Set(hashes).size).toBe(3);
  });

  test('gives tracebacks in lines of its source', async () => {
    const kernel = await load(
      'broken.ts',
      `interface Unused { readonly a: number }\n\nexport const kernel = { name: 'b', version: '1', ${columns},\n  run: () => { throw new Error('here'); } };\n`,
    );
    const failures = await batchRunner(kernel)(
      1,
      { x: Float64Array.of(1) },
      allocateColumns(kernel.outputs, 1),
      context,
    );
    expect(failures?.[0]?.traceback).toContain(`${join(folder, 'broken.ts')}:4:`);
  });

  test('prepares once and sees what it prepared, shared data and settings', async () => {
    const kernel = await load(
      'prepared.ts',
      `let prepared = 0;
       export const kernel = { name: 'p', version: '1', ${columns},
         prepare: (shared, settings) => { prepared++; return shared.weights[1] * settings.factor; },
         run: ({ x }, context) => ({ y: x * context.prepared + prepared + context.shared.weights[0] + context.settings.factor }) };`,
      { weights: Float64Array.of(10, 20) },
      { factor: 3 },
    );
    const out = allocateColumns(kernel.outputs, 2);
    await batchRunner(kernel)(2, { x: Float64Array.of(1, 2) }, out, context);
    expect(out.y).toEqual(Float64Array.of(60 + 1 + 10 + 3, 120 + 1 + 10 + 3));
  });

  test('may compute batches itself', async () => {
    const kernel = await load(
      'batch.ts',
      `export const kernel = { name: 'n', version: '1', ${columns},
         runBatch(count, columns, out, context) {
           for (let i = 0; i < count; i++) out.y[i] = columns.x[i] + context.first;
           return [{ offset: 1, status: 'failed', type: 'Odd', message: 'odd' }];
         } };`,
    );
    const out = allocateColumns(kernel.outputs, 2);
    const failures = await batchRunner(kernel)(2, { x: Float64Array.of(1, 2) }, out, contextOf(5));
    expect(out.y).toEqual(Float64Array.of(6, 7));
    expect(failures).toEqual([{ offset: 1, status: 'failed', type: 'Odd', message: 'odd' }]);
  });
});

describe('a module that is no kernel is refused, naming file and field', () => {
  test.each([
    ['no export', 'export const other = 1;', 'kernel', 'nothing'],
    ['no version', `export const kernel = { name: 'a', ${columns}, run() {} };`, 'kernel.version', 'nothing'],
    [
      'a number as version',
      `export const kernel = { name: 'a', version: 1, ${columns}, run() {} };`,
      'kernel.version',
      '1',
    ],
    [
      'no function',
      `export const kernel = { name: 'a', version: '1', ${columns} };`,
      'kernel.run',
      'neither',
    ],
    [
      'both functions',
      `export const kernel = { name: 'a', version: '1', ${columns}, run() {}, runBatch() {} };`,
      'kernel.run',
      'both',
    ],
    [
      'no outputs',
      `export const kernel = { name: 'a', version: '1', inputs: [{ name: 'x' }], run() {} };`,
      'kernel.outputs',
      'nothing',
    ],
    [
      'an unknown dtype',
      `export const kernel = { name: 'a', version: '1', inputs: [{ name: 'x', dtype: 'f8' }], outputs: [{ name: 'y' }], run() {} };`,
      'kernel.inputs[0].dtype',
      '"f8"',
    ],
    [
      'a bad shape',
      `export const kernel = { name: 'a', version: '1', inputs: [{ name: 'x' }], outputs: [{ name: 'y', shape: [0] }], run() {} };`,
      'kernel.outputs[0].shape',
      '[0]',
    ],
    [
      'one name twice',
      `export const kernel = { name: 'a', version: '1', inputs: [{ name: 'x' }, { name: 'x' }], outputs: [{ name: 'y' }], run() {} };`,
      'kernel.inputs[1].name',
      '"x"',
    ],
  ])('%s', async (title, text, field, given) => {
    const error = await load(`refused-${title.replaceAll(' ', '-')}.ts`, text).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).facts).toMatchObject({ field, given });
    expect((error as InputError).facts.file).toContain('refused-');
  });

  test('a syntax error is quoted with its place', async () => {
    const error = await load('syntax.ts', 'export const kernel = {\n  name: ;\n').catch(
      (thrown: unknown) => thrown,
    );
    expect((error as InputError).describe()).toMatch(/syntax\.ts: cannot be bundled[\s\S]*syntax\.ts:2/);
  });

  test('an import that is not there is named', async () => {
    const error = await load(
      'lost.ts',
      "import { a } from './nowhere.js';\nexport const kernel = a;\n",
    ).catch((thrown: unknown) => thrown);
    expect((error as InputError).describe()).toContain('./nowhere.js');
  });

  test('a package that is not installed is named', async () => {
    const error = await load(
      'package.ts',
      "import a from 'not-installed-here';\nexport const kernel = a;\n",
    ).catch((thrown: unknown) => thrown);
    expect((error as InputError).describe()).toContain('not-installed-here');
  });

  test('a module that throws when loaded says what it threw', async () => {
    const error = await load(
      'throws.ts',
      "throw new RangeError('at load');\nexport const kernel = {};\n",
    ).catch((thrown: unknown) => thrown);
    expect((error as InputError).describe()).toContain('RangeError: at load');
  });

  test('a file that does not exist is named', async () => {
    await expect(bundleModule(join(folder, 'absent.ts'))).rejects.toThrow(/no such file: .*absent\.ts/);
  });
});
