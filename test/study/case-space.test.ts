import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Columns } from '../../src/codec/columns.js';
import { createCaseSpace } from '../../src/study/case-space.js';
import type { CasePlanDetail, Source } from '../../src/study/cases/plan.js';
import type { SampleMethod } from '../../src/study/sampling/uniforms.js';
import { load } from './support.js';

const head = 'name: x\nsolver: fake\n';

async function cases(text: string, files?: Readonly<Record<string, string>>) {
  const study = await load(head + text, files ? { files } : {});
  return createCaseSpace(study.cases);
}

const numbers = (columns: Columns, name: string): number[] => [...(columns[name] as Float64Array)];

describe('grids', () => {
  it('vary the last axis fastest and give every combination', async () => {
    const space = await cases('parameters: { a: [1, 2], b: { linspace: [0, 1, 3] }, c: 7, label: [x, y] }');
    expect(space.count).toBe(12);
    const all = space.fill(0, 12);
    expect(numbers(all, 'a')).toEqual([1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2]);
    expect(numbers(all, 'b')).toEqual([0, 0, 0.5, 0.5, 1, 1, 0, 0, 0.5, 0.5, 1, 1]);
    expect(numbers(all, 'c')).toEqual(new Array(12).fill(7));
    expect(all.label).toEqual(['x', 'y', 'x', 'y', 'x', 'y', 'x', 'y', 'x', 'y', 'x', 'y']);
  });

  it('have their extents as the shape of the grid, slowest first', async () => {
    const text =
      'parameters: { rho1: { logspace: [10, 1000, 50] }, c: 1, rho2: { logspace: [1, 100, 40] }, h1: { linspace: [10, 100, 30] } }';
    const { cases: plan } = await load(head + text);
    expect(plan.gridShape).toEqual([50, 40, 30]);
    expect(plan.count).toBe(60_000);
    const { cases: table } = await load(`${head}cases: [{ a: 1 }, { a: 2 }]`);
    expect(table.gridShape).toBeUndefined();
  });

  it('reach both ends of a spacing exactly, and powers of ten on the way', async () => {
    const space = await cases('parameters: { a: { logspace: [0.01, 1000, 6] } }');
    expect(numbers(space.fill(0, 6), 'a')).toEqual([0.01, 0.1, 1, 10, 100, 1000]);
    const odd = await cases(
      'parameters: { a: { linspace: [0.1, 0.7, 4] }, b: { linspace: [3, -3, 3] }, c: { linspace: [5, 9, 1] } }',
    );
    expect(numbers(odd.fill(9, 3), 'a')).toEqual([0.7, 0.7, 0.7]);
    expect(numbers(odd.fill(0, 3), 'b')).toEqual([3, 0, -3]);
    expect(numbers(odd.fill(0, 1), 'c')).toEqual([5]);
  });

  it('give axes of vectors, and constant vectors', async () => {
    const space = await cases(
      'parameters: { v: [[1, 2], [3, 4]], k: { value: [5, 6, 7] } }\nderived: { s: "v * k[2]" }',
    );
    const all = space.fill(0, 2);
    expect(numbers(all, 'v')).toEqual([1, 2, 3, 4]);
    expect(numbers(all, 'k')).toEqual([5, 6, 7, 5, 6, 7]);
    expect(numbers(all, 's')).toEqual([7, 14, 21, 28]);
  });

  it('stay exact near 2^53 cases', async () => {
    const space = await cases(
      'parameters: { a: { linspace: [0, 94906264, 94906265] }, b: { linspace: [0, 94906264, 94906265] } }',
    );
    expect(space.count).toBe(94906265 ** 2);
    const index = 94906265 * 94906263 + 94906264;
    const pair = space.fill(index, 2);
    expect(numbers(pair, 'a')).toEqual([94906263, 94906264]);
    expect(numbers(pair, 'b')).toEqual([94906264, 0]);
  });
});

describe('tables and lists of cases', () => {
  it('give a case a row, columns x[0] … as a vector', async () => {
    const space = await cases('table: t.csv\nparameters: { b: [1, 2] }\nderived: { c: a + v }', {
      't.csv': 'v[1],a,v[0]\r\n1,2.5,0\r\n\r\n10,-3e1,20\r\n',
    });
    const all = space.fill(0, 4);
    expect(numbers(all, 'a')).toEqual([2.5, 2.5, -30, -30]);
    expect(numbers(all, 'v')).toEqual([0, 1, 0, 1, 20, 10, 20, 10]);
    expect(numbers(all, 'b')).toEqual([1, 2, 1, 2]);
    expect(numbers(all, 'c')).toEqual([2.5, 3.5, 2.5, 3.5, -10, -20, -10, -20]);
  });

  it('take texts, in double quotes where they would be read otherwise', async () => {
    const space = await cases('table: t.csv\nderived: { b: 2 * a }', {
      't.csv': 'id, a ,"label"\n"007", 1 ,two words\n"#, ""1""" ,2,""\n',
    });
    expect(space.fill(0, 2)).toEqual({
      id: ['007', '#, "1"'],
      a: Float64Array.of(1, 2),
      label: ['two words', ''],
      b: Float64Array.of(2, 4),
    });
  });

  it('may stand in the study itself', async () => {
    const space = await cases('cases: [{ a: 1, name: x, v: [1, 2] }, { v: [3, 4], a: 2, name: y }]');
    const all = space.fill(0, 2);
    expect(all).toEqual({ a: Float64Array.of(1, 2), name: ['x', 'y'], v: Float64Array.of(1, 2, 3, 4) });
  });
});

describe('samples', () => {
  const study = (method: string, extra = '') =>
    `sample: { count: 1000, method: ${method}, seed: 3 }\nparameters:\n  a: { uniform: [0, 1] }\n  b: { normal: [5, 2], size: 2 }\n${extra}`;

  it.each(['random', 'lhs', 'sobol'])(
    'by %s have the mean and the spread that they should',
    async (method) => {
      const space = await cases(study(method));
      const { a, b } = space.fill(0, 1000) as Record<string, Float64Array>;
      const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
      // Five standard errors of independent draws.
      expect(Math.abs(mean(a!) - 0.5)).toBeLessThan((5 * Math.sqrt(1 / 12)) / Math.sqrt(1000));
      expect(Math.abs(mean(b!) - 5)).toBeLessThan((5 * 2) / Math.sqrt(2000));
      expect(Math.abs(mean(b!.map((value) => (value - 5) ** 2)) - 4)).toBeLessThan(0.7);
    },
  );

  it('by lhs put one point into each stratum of each dimension', async () => {
    const { a } = (await cases(study('lhs'))).fill(0, 1000) as Record<string, Float64Array>;
    expect(new Set(Array.from(a!, (value) => Math.floor(value * 1000))).size).toBe(1000);
  });

  it('keep their draws when a parameter is added behind them', async () => {
    for (const method of ['random', 'lhs', 'sobol']) {
      const before = (await cases(study(method))).fill(100, 50);
      const after = (await cases(study(method, '  c: { uniform: [0, 1], size: 4 }\n'))).fill(100, 50);
      expect(after.a).toEqual(before.a);
      expect(after.b).toEqual(before.b);
    }
  });

  it('meet every grid point with the same draws', async () => {
    const space = await cases(study('random', '  g: [10, 20]\n'));
    expect(space.count).toBe(2000);
    const all = space.fill(0, 2000);
    expect(numbers(all, 'g')).toEqual([...new Array(1000).fill(10), ...new Array(1000).fill(20)]);
    expect(numbers(all, 'a').slice(1000)).toEqual(numbers(all, 'a').slice(0, 1000));
  });

  it('give other draws for another seed and for each element', async () => {
    const draws = new Set<number>();
    for (const seed of [3, 4, 2 ** 32 + 3]) {
      for (const method of ['random', 'lhs', 'sobol']) {
        const text = study(method).replace('seed: 3', `seed: ${seed}`);
        for (const value of numbers((await cases(text)).fill(17, 1), 'b')) draws.add(value);
      }
    }
    expect(draws.size).toBe(18);
  });

  // Computed by another program, in whole numbers, from the definitions of the generator, the permutation and the hash.
  it('have the same bits as ever', async () => {
    const first = async (method: string) => numbers((await cases(study(method))).fill(999, 1), 'a')[0];
    expect(await first('random')).toBe(0.3722099652138723);
    expect(await first('lhs')).toBe(0.35137220996521384);
    expect(await first('sobol')).toBe(0.5665683677652851);
  });
});

/** Bit by bit: a matcher takes milliseconds for the numbers of one column. */
function isSame(left: Columns[string], right: Columns[string]): boolean {
  if (!ArrayBuffer.isView(left) || !ArrayBuffer.isView(right)) return left.join('\0') === right.join('\0');
  const [one, other] = [left, right].map((view) =>
    Buffer.from(view.buffer, view.byteOffset, view.byteLength),
  );
  return one!.equals(other!);
}

describe('any range of cases', () => {
  it('is the concatenation of its cases one by one', () => {
    fc.assert(
      fc.property(
        plans,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 1, max: 1500 }),
        (plan, start, wanted) => {
          const space = createCaseSpace(plan);
          const first = Math.floor(start * (plan.count - 1));
          const count = Math.min(wanted, plan.count - first);
          const whole = space.fill(first, count);
          const again = createCaseSpace(plan).fill(first, count);
          expect(plan.columns.every(({ name }) => isSame(again[name]!, whole[name]!))).toBe(true);
          for (const offset of new Set([
            0,
            Math.floor(count / 3),
            Math.min(511, count - 1),
            Math.min(512, count - 1),
            count - 1,
          ])) {
            const single = space.fill(first + offset, 1);
            for (const { name, shape } of plan.columns) {
              const width = shape[0] ?? 1;
              expect(isSame(single[name]!, whole[name]!.slice(offset * width, (offset + 1) * width))).toBe(
                true,
              );
            }
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('must be one that the study has', async () => {
    const space = await cases('parameters: { a: [1, 2, 3] }');
    expect(space.fill(3, 0).a).toHaveLength(0);
    for (const [first, count] of [
      [0, 4],
      [-1, 1],
      [3, 1],
      [0.5, 1],
      [0, -1],
    ] as const) {
      expect(() => space.fill(first, count)).toThrow(RangeError);
    }
  });

  it('of 10^8 sampled cases needs no memory for the others', async () => {
    const before = process.memoryUsage().arrayBuffers;
    const space = await cases(
      'sample: { count: 100000000, method: lhs }\nparameters: { a: { uniform: [0, 1], size: 5 } }',
    );
    const columns = space.fill(99_999_000, 1000);
    expect(columns.a).toHaveLength(5000);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 2 ** 20);
  });
});

/** Plans with every kind of source: axes, draws by each method, and values derived from both. */
const plans: fc.Arbitrary<CasePlanDetail> = fc
  .record({
    listed: fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 7 }),
    spaced: fc.integer({ min: 1, max: 6000 }),
    kind: fc.constantFrom('linspace' as const, 'logspace' as const),
    method: fc.constantFrom<SampleMethod | 'none'>('none', 'random', 'lhs', 'sobol'),
    draws: fc.integer({ min: 1, max: 3000 }),
    seed: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
    size: fc.integer({ min: 1, max: 4 }),
  })
  .map(({ listed, spaced, kind, method, draws, seed, size }) => {
    const column = (name: string, shape: readonly number[] = []) => ({
      name,
      dtype: 'float64' as const,
      shape,
    });
    const sources: Source[] = [
      { kind: 'list', axis: 0, numbers: Float64Array.from(listed) },
      { kind, axis: 1, start: 1, stop: 50, count: spaced },
      { kind: 'list-text', axis: 0, texts: listed.map(String) },
      { kind: 'constant', numbers: Float64Array.of(2) },
    ];
    const isSampled = method !== 'none';
    if (isSampled)
      sources.push({ kind: 'draw', dimension: 0, distribution: { kind: 'normal', mean: 0, std: 1 } });
    return {
      count: listed.length * spaced * (isSampled ? draws : 1),
      columns: [
        column('a'),
        column('b'),
        { name: 't', dtype: 'string' as const, shape: [] },
        column('c'),
        ...(isSampled ? [column('z', [size])] : []),
        column('d', [2]),
        column('f'),
      ],
      axes: [listed.length, spaced],
      sample: isSampled ? { method, count: draws, seed } : null,
      sources,
      derived: [
        {
          elements: [
            { text: 'b', element: 0 },
            { text: isSampled ? 'z[0] * b' : 'c * b', element: 0 },
          ],
        },
        { elements: [{ text: 'd[1] > 1 ? d[0] : -a', element: 0 }] },
      ],
    };
  });
