import { describe, expect, it } from 'vitest';
import { decode, encode } from '../../src/codec/msgpack.js';
import { createCaseSpace } from '../../src/study/case-space.js';
import { fakeSolver, load } from './support.js';

const monteCarlo = `
name: monte-carlo
description: three layers
solver: fake
settings: { gates: [1, 2, 3] }
sample: { count: 1000, method: sobol, seed: 42 }
parameters:
  rho: { loguniform: [1, 1000], size: 3 }
  h: { normal: { mean: 30, std: 5, min: 1 }, size: 2 }
derived:
  depths: [0, "h[0]", "h[0] + h[1]"]
  resistivities: rho
shared: { weights: { csv: weights.csv }, gains: { values: [1, 2.5] }, label: { deep: [a, true, null] } }
statistics: [mean, p10, p97.5]
schedule: { chunk: 64 }
output: [csv, arrow]
`;
const files = { 'weights.csv': '# counts\n"u",v,w\n1,2,x\n3,4,y\n' };

describe('loadStudy', () => {
  it('fills every default', async () => {
    const study = await load('name: small\nsolver: fake\n');
    expect(study).toMatchObject({
      schemaVersion: 1,
      name: 'small',
      description: '',
      kernel: { kind: 'solver', name: 'fake', version: '1' },
      settings: { gates: [1, 2], mode: 'b' },
      shared: {},
      schedule: { strategy: 'adaptive', chunk: 'auto' },
      statistics: [],
      output: ['parquet'],
      cases: { count: 1, columns: [] },
    });
    expect(study.source.path).toMatch(/^\/.*study\.yaml$/);
    expect(study.source.text).toBe('name: small\nsolver: fake\n');
  });

  it('reads a whole study', async () => {
    const study = await load(monteCarlo, { files });
    expect(study.cases.count).toBe(1000);
    expect(study.cases.gridShape).toBeUndefined();
    expect(study.cases.columns.map(({ name, shape }) => [name, shape])).toEqual([
      ['rho', [3]],
      ['h', [2]],
      ['depths', [3]],
      ['resistivities', [3]],
    ]);
    expect(study.shared).toEqual({
      weights: { u: Float64Array.of(1, 3), v: Float64Array.of(2, 4), w: ['x', 'y'] },
      gains: Float64Array.of(1, 2.5),
      label: { deep: ['a', true, null] },
    });
    expect(study.statistics).toEqual(['mean', 'p10', 'p97.5']);
    expect(study.schedule).toEqual({ strategy: 'adaptive', chunk: 64 });
    expect(study.settings).toEqual({ gates: [1, 2, 3], mode: 'b' });
    const { depths, h, rho, resistivities } = createCaseSpace(study.cases).fill(998, 2) as Record<
      string,
      Float64Array
    >;
    expect(resistivities).toEqual(rho);
    expect([...depths!]).toEqual([0, h![0], h![0]! + h![1]!, 0, h![2], h![2]! + h![3]!]);
  });

  it('gives a study that travels: the same cases on the other side of the wire', async () => {
    const study = await load(monteCarlo, { files });
    const arrived = decode(encode(study)) as typeof study;
    expect(createCaseSpace(arrived.cases).fill(0, 100)).toEqual(createCaseSpace(study.cases).fill(0, 100));
    expect(arrived.shared).toEqual(study.shared);
  });

  it('reads the same study from JSON, with tabs, and from a module', async () => {
    const object = {
      name: 'grid',
      solver: 'fake',
      parameters: { a: [1, 2], b: { linspace: [0, 1, 3] } },
      derived: { c: 'a + b' },
    };
    const yaml = await load(
      'name: grid\nsolver: fake\nparameters:\n  a: [1, 2]\n  b: { linspace: [0, 1, 3] }\nderived:\n  c: a + b\n',
    );
    const json = await load(JSON.stringify(object, null, '\t'), { name: 'study.json' });
    const module = await load(`export const study = ${JSON.stringify(object)};`, { name: 'study.mjs' });
    const byDefault = await load(`export default ${JSON.stringify(object)};`, { name: 'study.ts' });
    for (const study of [json, module, byDefault]) {
      expect(study.cases).toEqual(yaml.cases);
      expect(study.fingerprint).toBe(yaml.fingerprint);
    }
  });

  it('takes kernels from modules and C sources', async () => {
    const module = await load('name: x\nkernel: ./k.ts\nsettings: { any: [1] }', {
      files: { 'k.ts': 'export {};' },
    });
    expect(module.kernel).toMatchObject({ kind: 'module', code: 'export {};', hash: 'hash' });
    expect(module.settings).toEqual({ any: [1] });
    const library = await load(
      'name: x\nkernel: { library: k.c, symbol: f, inputs: [{ name: a }], outputs: [{ name: y, shape: [3], unit: V }] }',
      { files: { 'k.c': 'int f;' } },
    );
    expect(library.kernel).toMatchObject({
      kind: 'library',
      symbol: 'f',
      inputs: [{ name: 'a', dtype: 'float64', shape: [] }],
      outputs: [{ name: 'y', dtype: 'float64', shape: [3], unit: 'V' }],
      code: 'int f;',
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('tells the solver the columns and what they can hold', async () => {
    const solver = fakeSolver();
    await load(
      `name: x
solver: fake
sample: { count: 5 }
parameters:
  u: { uniform: [1, 3] }
  z: { normal: [0, 1] }
  g: { lognormal: [0, 1] }
  a: [5, -2, 4]
  k: { value: [7, 8] }
derived:
  copy: [u, a, 2 * 3]
  sum: u + a
  quotient: 1 / u
  wild: sin(u) / a
  fixed: ["k[0] + 1", 3]
`,
      { solver },
    );
    const supports = Object.fromEntries(
      solver.asked!.supports.map(({ name, min, max, isLiteral, isTight }) => [
        name,
        { min, max, isLiteral, isTight },
      ]),
    );
    const infinite = Number.POSITIVE_INFINITY;
    expect(supports).toEqual({
      u: { min: [1], max: [3], isLiteral: false, isTight: true },
      z: { min: [-infinite], max: [infinite], isLiteral: false, isTight: true },
      g: { min: [Number.MIN_VALUE], max: [infinite], isLiteral: false, isTight: true },
      a: { min: [-2], max: [5], isLiteral: true, isTight: true },
      k: { min: [7, 8], max: [7, 8], isLiteral: true, isTight: true },
      copy: { min: [1, -2, 6], max: [3, 5, 6], isLiteral: false, isTight: true },
      sum: { min: [-1], max: [8], isLiteral: false, isTight: false },
      quotient: { min: [1 / 3], max: [1], isLiteral: false, isTight: false },
      wild: { min: [-infinite], max: [infinite], isLiteral: false, isTight: false },
      fixed: { min: [8, 3], max: [8, 3], isLiteral: true, isTight: true },
    });
    expect(solver.asked!.supports[0]).toMatchObject({ field: 'parameters.u', line: 5 });
    expect(solver.asked!.request.columns).toHaveLength(10);
  });
});

describe('the fingerprint', () => {
  const base =
    'name: x\nsolver: fake\nsettings: { gates: [1], mode: b }\nparameters: { a: [1, 2] }\nshared: { w: { values: [1] } }\n';
  const fingerprint = async (text: string): Promise<string> => (await load(text)).fingerprint;

  it.each([
    ['a name', base.replace('name: x', 'name: y')],
    ['a description', `${base}description: other\n`],
    ['the schedule', `${base}schedule: { strategy: block, chunk: 3 }\n`],
    ['the execution', `${base}execution: { timeout: 3, max_retries: 2 }\n`],
    ['tasks', `${base}tasks: { priority: a }\n`],
    ['output and statistics', `${base}output: [csv]\nstatistics: [mean]\n`],
    [
      'comments and the order of keys',
      base.replace('gates: [1], mode: b', 'mode: b, gates: [1]').concat('# end\n'),
    ],
    ['a default written out', base.replace(', mode: b', '')],
  ])('is kept by %s', async (_, text) => {
    expect(await fingerprint(text)).toBe(await fingerprint(base));
  });

  it.each([
    ['a parameter', base.replace('[1, 2]', '[1, 3]')],
    ["a parameter's name", base.replace('a:', 'b:')],
    ['settings', base.replace('mode: b', 'mode: dbdt')],
    ['shared data', base.replace('values: [1]', 'values: [2]')],
    ['the refusal of NaN', `${base}execution: { nan: refuse }\n`],
    ['a derived value', `${base}derived: { c: a }\n`],
    ['the order of axes', base.replace('{ a: [1, 2] }', '{ b: [1, 2], a: [1, 2] }')],
  ])('is changed by %s', async (_, text) => {
    expect(await fingerprint(text)).not.toBe(await fingerprint(base));
  });

  it('is changed by the version of the kernel', async () => {
    const { fingerprint: other } = await load(base, { solver: { ...fakeSolver(), version: '2' } });
    expect(other).not.toBe(await fingerprint(base));
  });

  it('does not change between releases unless the cases do', async () => {
    expect(await fingerprint(base)).toBe('af15de8b38c3c761651f9ca6e42352433edf8050a92d53b1c2089e46cc8775ef');
  });
});
