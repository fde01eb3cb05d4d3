import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors/input-error.js';
import { loadStudy } from '../../src/study/load.js';
import { fakeSolver, refusal } from './support.js';

const head = 'name: a\nsolver: fake\n';

/** Text behind the two lines of `head`, and what the user reads. */
const refused = [
  // Keys and types.
  ['parametrs: {}', "study.yaml:3:1: parametrs: Unknown key 'parametrs'. Did you mean 'parameters'?"],
  ['nonsense: 1', "study.yaml:3:1: nonsense: Unknown key 'nonsense'. Known: $schema, name,"],
  [
    'parameters:\n  a: { unifrom: [1, 2] }',
    "study.yaml:4:8: parameters.a.unifrom: Unknown key 'unifrom'. Did you mean 'uniform'?",
  ],
  [
    'parameters: { a: { uniform: [1, 2], siz: 3 } }',
    "parameters.a.siz: Unknown key 'siz'. Did you mean 'size'?",
  ],
  ['parameters: { a: { uniform: [1, 2], normal: [0, 1] } }', "Key 'normal' does not go with uniform"],
  [
    'parameters: { a: { normal: { mean: 1, sd: 2 } } }',
    "parameters.a.normal.sd: Unknown key 'sd'. Did you mean 'std'?",
  ],
  ['parameters: { a: {} }', 'parameters.a: Wrong value (expected one of the keys value, values, linspace'],
  ['parameters: { a: true }', 'expected a finite number, text, a list or keys with values, got true'],
  [
    'parameters: { a: { uniform: [1, x] } }',
    "study.yaml:3:33: parameters.a.uniform[1]: Wrong value (expected a finite number, got 'x')",
  ],
  ['parameters: { a: { uniform: [1, 2, 3] } }', 'expected a list of at most 2 entries, got [1,2,3]'],
  [
    'parameters: { a: [1, null] }',
    'parameters.a[1]: Wrong value (expected a finite number or text, got nothing)',
  ],
  ['parameters: { a: { linspace: [0, 1, 2.5] } }', 'expected a whole number, got 2.5'],
  ['statistics: mean', "expected a list, got 'mean'"],
  ['statistics: [p101]', 'expected mean, median, min, max, std or a percentile like p10'],
  ['output: [xls]', "expected csv, jsonl, parquet or arrow, got 'xls'"],
  ['schedule: { chunk: 0 }', 'schedule.chunk: Wrong value'],
  [
    'schedule: { strategy: gided }',
    "schedule.strategy: Wrong value (expected adaptive, block, cyclic, lpt, self, guided, factoring, adaptive-factoring or work-stealing, got 'gided')",
  ],
  ['settings: { gatse: [1] }', "study.yaml:3:13: settings.gatse: Unknown key 'gatse'. Did you mean 'gates'?"],
  ['settings: { gates: [1, x] }', 'study.yaml:3:24: settings.gates[1]: Wrong value'],
  ['kernel: k.ts', 'Give either solver or kernel'],
  // Numbers that are none, and empty or oversized grids.
  [
    'parameters: { a: [1, .nan] }',
    'parameters.a[1]: Wrong value (expected a finite number or text, got NaN)',
  ],
  ['parameters: { a: .inf }', 'got Infinity'],
  [
    'parameters: { a: { uniform: [-.inf, 1] } }',
    'parameters.a.uniform[0]: Wrong value (expected a finite number, got -Infinity)',
  ],
  ['parameters: { a: [] }', 'study.yaml:3:18: parameters.a: An empty grid axis'],
  ['parameters: { a: { values: [] } }', 'parameters.a.values: An empty grid axis'],
  ['parameters: { a: { linspace: [0, 1, 0] } }', 'parameters.a.linspace[2]: Wrong value'],
  ['parameters: { a: { value: [] } }', 'An empty vector'],
  ['cases: []', 'An empty list of cases'],
  ['cases: [{}]', 'A case without parameters'],
  [
    'parameters:\n  a: { linspace: [0, 1, 100000000] }\n  b: { linspace: [0, 1, 100000000] }',
    'Too many cases (expected fewer than 2^53, got 100000000 × 100000000 = 10000000000000000)',
  ],
  [
    'parameters: { a: [1, 2], u: { uniform: [0, 1] } }\nsample: { count: 9007199254740991 }',
    'Too many cases',
  ],
  // Parameters.
  ['parameters:\n  a: 1\n  a: 2', "study.yaml:5:3: Key given twice (got 'a')"],
  ['parameters: { a: 1 }\ncases: [{ a: 1 }]', "Parameter 'a' given twice"],
  ['parameters: { a: 1 }\nderived: { a: 2 }', "study.yaml:4:12: derived.a: Parameter 'a' given twice"],
  [
    'parameters: { "a b": 1 }',
    "Not a name for a parameter (expected letters, digits and _, a letter first, got 'a b')",
  ],
  ['parameters: { pi: 3 }', "The name 'pi' is taken"],
  ['parameters: { status: 3 }', "The name 'status' is taken"],
  [
    'parameters: { a: [[1, 2], [3]] }',
    'Values of one parameter must be of one kind (expected a vector of 2, like the first, got [3])',
  ],
  [
    'parameters: { a: [1, x] }',
    "Values of one parameter must be of one kind (expected a number, like the first, got 'x')",
  ],
  ['parameters: { a: { logspace: [0, 100, 3] } }', 'A logspace needs positive ends'],
  ['parameters: { a: { linspace: [1, 1, 3] } }', 'The ends are equal'],
  ['cases: [{ a: 1 }, { b: 1 }]', "study.yaml:3:21: cases[1].b: 'b' is not in the first case"],
  ['cases: [{ a: 1, b: 2 }, { b: 1 }]', "cases[1]: 'a' is missing in this case"],
  // Distributions.
  ['parameters: { a: { uniform: [1, 2] } }', 'study.yaml:3:18: parameters.a: A distribution, but no sample'],
  ['sample: { count: 10 }', 'A sample, but no parameter with a distribution'],
  ['sample: { count: 10, method: lsh }', "expected random, lhs or sobol, got 'lsh'"],
  ['sample: { count: 0 }', 'sample.count: Wrong value'],
  ['sample: { method: lhs }', 'sample.count: Missing (expected a finite number)'],
  ['sample: { count: 9, seed: -1 }', 'sample.seed: Wrong value'],
] as const;

const drawn = 'sample: { count: 10 }\n';
const refusedDistributions = [
  [
    '{ uniform: [2, 1] }',
    'study.yaml:4:29: parameters.a.uniform: The lower bound must be below the upper one (got [2,1])',
  ],
  ['{ uniform: [1, 1] }', 'The lower bound must be below the upper one'],
  ['{ uniform: [-1.7e308, 1.7e308] }', 'too far apart'],
  ['{ loguniform: [0, 1] }', 'A loguniform distribution needs positive bounds'],
  ['{ normal: [1, 0] }', 'The standard deviation must be positive'],
  ['{ normal: { mean: 1, std: 1, min: 3, max: 2 } }', 'min must be below max'],
  ['{ normal: { mean: 0, std: 1, min: 50 } }', 'no probability between min and max'],
  ['{ lognormal: { mean: 0, std: 1, min: -1 } }', 'A lognormal value is positive'],
  [
    '{ lognormal: { mean: 0, std: 1, base: 2 } }',
    'parameters.a.lognormal.base: Wrong value (expected e or 10, got 2)',
  ],
  ['{ uniform: [1, 2], size: 0 }', 'parameters.a.size: Wrong value'],
] as const;

const refusedExpressions = [
  ['{ d: rho2 }', "study.yaml:4:15: derived.d: Unknown name 'rho2' (got 'rho2'). Did you mean 'rho1'?"],
  ['{ d: [rho1, rho1 + hh] }', "study.yaml:4:22: derived.d[1]: Unknown name 'hh'"],
  ['{ d: rho1 + }', 'study.yaml:4:15: derived.d: Expression cannot be read at character 7'],
  ['{ d: e1, e1: [f, 1], f: "e1[0] + d" }', 'Derived values that need each other (got e1 → f → e1)'],
  ['{ d: d }', 'Derived values that need each other (got d → d)'],
  ['{ d: [] }', 'An empty vector'],
  ['{ d: true }', 'derived.d: Wrong value'],
  ['{ d: [v, 1] }', 'A vector as one element of a vector'],
  ['{ d: 1 / 0 }', "An expression that is no finite number in any case (got Infinity from '1 / 0')"],
  ['{ d: sqrt(-1) }', 'An expression that is no finite number'],
  ['{ d: label + 1 }', "'label' is text and cannot be computed with"],
  ['{ d: process.exit(1) }', 'derived.d: '],
  ['{ d: [1, v[0]] }', 'Put expressions with brackets or colons in quotes'],
  ['\n  d: rho1 > 1 ? 2 : 3', 'Put expressions with brackets or colons in quotes'],
] as const;

const whole = [
  [
    'name: x\nkernel: { library: k.c, symbol: f, inputs: [{ name: a }], outputs: [{ name: a }] }',
    "kernel.outputs[0].name: Two columns of the kernel are named 'a'",
  ],
  ['', 'study.yaml:1:1: Wrong value (expected keys with values, got nothing)'],
  ['- a', 'Wrong value (expected keys with values, got ["a"])'],
  ['name: [', 'study.yaml:1:8: Not valid YAML'],
  ['nam: x\nsolver: fake', "study.yaml:1:1: nam: Unknown key 'nam'. Did you mean 'name'?"],
  ['solver: fake', 'name: Missing (expected text)'],
  ['name: a/b\nsolver: fake', 'study.yaml:1:7: name: Wrong value (expected letters, digits, - _ .'],
  ['name: x', 'Nothing to compute'],
  ['name: x\nsolver: fakee', "study.yaml:2:9: solver: No solver of the name 'fakee'. Did you mean 'fake'?"],
  ['name: x\nkernel: k.ts', 'study.yaml:2:9: kernel: No such file (got k.ts)'],
  ['name: x\nkernel: k.c', 'Not a kernel module by its name'],
  [
    'name: x\nkernel: { library: k.c, symbol: f, inputs: [{ nam: a }], outputs: [{ name: b }] }',
    "kernel.inputs[0].nam: Unknown key 'nam'. Did you mean 'name'?",
  ],
  [
    'name: x\nkernel: { library: k.c, symbol: f, inputs: [], outputs: [] }',
    'kernel.outputs: Wrong value (expected a list of at least 1 entries',
  ],
  [
    'name: x\nkernel: { library: k.c, symbol: f, inputs: [], outputs: [{ name: y }] }',
    'study.yaml:2:20: kernel.library: No such file (got k.c)',
  ],
  [
    'name: x\nkernel: { library: k.py, symbol: f, inputs: [], outputs: [{ name: y }] }',
    'Not a C kernel by its name',
  ],
] as const;

describe('loadStudy refuses', () => {
  it.each(refused)('%s', async (text, message) => {
    expect(await refusal(head + text)).toContain(message);
  });

  it.each(refusedDistributions)('the distribution %s', async (text, message) => {
    expect(await refusal(`${head}${drawn}parameters: { a: ${text} }`)).toContain(message);
  });

  it.each(refusedExpressions)('the derived values %s', async (text, message) => {
    const parameters = 'parameters: { rho1: 1, v: { value: [1, 2] }, label: x }\n';
    expect(await refusal(`${head}${parameters}derived: ${text}`)).toContain(message);
  });

  it.each(whole)('the study %j', async (text, message) => {
    expect(await refusal(text)).toContain(message);
  });

  const tables = [
    [
      'a,b\n1,2\n3\n',
      'table.csv:3: A row with another number of cells than the header (expected 2 cells, got 1)',
    ],
    [
      'a,b\n1,2\n3,x\n',
      "table.csv:3: b: A cell that is no number (expected a finite decimal number, got 'x')",
    ],
    ['a,b\n1,NaN\n', 'table.csv:2: b: A cell that is no number'],
    ['a,b\n1,1e999\n', 'table.csv:2: b: A cell that is no number'],
    ['a,b\n1,\n', 'table.csv:2: b: A cell that is no number'],
    ['a,b\n1,"2"\n3,4\n', "table.csv:3: b: A cell that is no text (expected text, like '2' above it, got 4)"],
    [
      'a,b\n1,x\n3,\n',
      "table.csv:3: b: A cell that is no text (expected text, like 'x' above it, got nothing)",
    ],
    ['a,b\n1,x\n3,-inf\n', 'table.csv:3: b: A cell that is no text'],
    ['a,b\n1,"x, y\n', 'table.csv:2: b: A cell whose quotes do not match'],
    ['a,b\n1,"x"y\n', `got '"x"y'`],
    ['a,"b\n1,2\n', 'table.csv:1: column 2: A cell whose quotes do not match'],
    ['v[0],v[1]\n1,x\n', "do not make a vector 'v' (expected columns of numbers, got 'x' in v[1])"],
    ['v[0],v[1]\nx,1\n', "do not make a vector 'v' (expected columns of numbers, got 'x' in v[0])"],
    ['a,a\n1,2\n', "table.csv:1: Two columns named 'a'"],
    ['1,2\n3,4\n', 'table.csv:1: The first line must name the columns (got 1)'],
    ['a,\n1,2\n', 'A column without a name'],
    ['a,b\n', 'The table has a header but no rows'],
    ['', 'The table is empty'],
    ['v[0],v[2]\n1,2\n', "columns do not make a vector 'v' (expected columns v[0] to v[1], got v[0], v[2])"],
    ['v,v[0]\n1,2\n', "columns do not make a vector 'v'"],
    ['a b\n1\n', 'Not a name for a parameter'],
  ] as const;

  it.each(tables)('the table %j', async (csv, message) => {
    expect(await refusal(`${head}table: table.csv\n`, { files: { 'table.csv': csv } })).toContain(message);
  });

  it('a table that is not there, at the field that names it', async () => {
    expect(await refusal(`${head}table: no.csv\n`)).toBe('study.yaml:3:8: table: No such file (got no.csv)');
  });

  it('table and cases together', async () => {
    expect(await refusal(`${head}table: t.csv\ncases: [{ a: 1 }]`)).toContain('Give either table or cases');
  });

  it.each([
    ['{ w: { csv: no.csv } }', 'shared.w.csv: No such file (got no.csv)'],
    ['{ w: { csv: w.csv, sep: x } }', "shared.w.sep: Unknown key 'sep'"],
    ['{ w: { values: [1, x] } }', 'shared.w.values[1]: Wrong value'],
    ['{ w: { deep: [1, .inf] } }', 'study.yaml:3:26: shared.w.deep[1]: Not a finite number (got Infinity)'],
  ])('the shared data %s', async (text, message) => {
    expect(await refusal(`${head}shared: ${text}`, { files: { 'w.csv': 'a\n1\n' } })).toContain(message);
  });

  it('what the solver refuses, at the place of the field that it names', async () => {
    const solver = fakeSolver(({ supports }) => {
      const { field, min } = supports[0]!;
      if (min[0]! <= 0) throw new InputError('Not positive', { field });
    });
    const study = `${head}parameters:\n  rho: [-1, 2]\n`;
    expect(await refusal(study, { solver })).toBe('study.yaml:4:8: parameters.rho: Not positive');
  });

  it('a study file that is not there, or that is no study file by its name', async () => {
    const options = { solvers: [], bundle: () => Promise.reject(new Error('nothing to bundle')) };
    await expect(loadStudy('/no/such/study.yaml', options)).rejects.toThrow(InputError);
    await expect(loadStudy('/', options)).rejects.toThrow('A folder, not a file');
    expect(await refusal('name: x', { name: 'study.txt' })).toContain('Not a study file by its name');
  });

  it('modules that export no study or cannot be evaluated', async () => {
    expect(await refusal('export const other = 1;', { name: 'study.mjs' })).toContain(
      'The module exports no study (expected an object exported as `study` or by default, got exports: other)',
    );
    expect(await refusal('throw new Error("boom")', { name: 'study.mjs' })).toContain(
      'cannot be evaluated: boom',
    );
    expect(
      await refusal('export const study = { name: "x", solver: "fake", parameters: { a: NaN } }', {
        name: 'study.mjs',
      }),
    ).toContain('study.mjs: parameters.a: Wrong value');
    expect(
      await refusal('export const study = { name: "x", solver: "fake", parameters: { a: () => 1 } }', {
        name: 'study.mjs',
      }),
    ).toContain('study.mjs: parameters.a: Wrong value');
  });
});
