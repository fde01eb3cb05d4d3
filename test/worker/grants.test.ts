import { describe, expect, test } from 'vitest';
import { type Adapt, Grants } from '../../src/worker/grants.js';

const terms = { threads: 'auto', pinning: 'auto', ranksPerTask: 1 } as const;

/** Grants of a worker with two threads, and what its process was made. */
function grantsWith(changes: Partial<ConstructorParameters<typeof Grants>[1]> = {}): {
  grants: Grants;
  made: Parameters<Adapt>[0][];
} {
  const made: Parameters<Adapt>[0][] = [];
  return { grants: new Grants(2, { ...terms, ...changes }, (use) => made.push(use)), made };
}

const four = { case: 7, cores: 4, coreIds: [0, 1, 2, 3] };

describe('a case with cores of its own', () => {
  test('has as many threads and is bound to them; the next without has its worker’s share again', () => {
    const { grants, made } = grantsWith();
    grants.add([four]);
    expect(grants.enter(7)).toMatchObject({ threads: 4, environment: { OMP_NUM_THREADS: '4' } });
    expect(made).toMatchObject([{ cores: [0, 1, 2, 3], environment: { MKL_NUM_THREADS: '4' } }]);
    expect(grants.enter(8)).toEqual({ threads: 2, environment: {} });
    expect(made.slice(1)).toEqual([{ environment: {} }]);
    expect(grants.enter(9)).toBeUndefined();
    expect(made).toHaveLength(2);
  });

  test.each([
    [{ threads: 3 }, { threads: 2, environment: {} }, { cores: [0, 1, 2, 3], environment: {} }],
    [{ pinning: 'none' }, { threads: 4 }, { environment: { OMP_NUM_THREADS: '4' } }],
    [{ ranksPerTask: 2 }, undefined, undefined],
  ] as const)('where the study says %j, that is so', (changes, allotment, use) => {
    const { grants, made } = grantsWith(changes);
    grants.add([four]);
    const entered = grants.enter(7);
    if (allotment) expect(entered).toMatchObject(allotment);
    else expect(entered).toBeUndefined();
    expect(made).toMatchObject(use ? [use] : []);
    if (changes && 'pinning' in changes) expect(made[0]).not.toHaveProperty('cores');
  });

  test.each([
    [1.5, 1],
    [0.5, 1],
    [2.9, 2],
  ])('of %d cores has %d threads', (cores, threads) => {
    const { grants } = grantsWith();
    grants.add([{ case: 0, cores, coreIds: [] }]);
    expect(grants.enter(0)).toMatchObject({ threads });
  });
});

test('GPUs of a case are the ones that it sees, and none where it has none', () => {
  const { grants } = grantsWith();
  grants.add([
    { case: 0, gpus: ['1', 'GPU-8f'] },
    { case: 1, gpus: [] },
  ]);
  expect(grants.enter(0)).toEqual({ threads: 2, environment: { CUDA_VISIBLE_DEVICES: '1,GPU-8f' } });
  expect(grants.enter(1)).toEqual({ threads: 2, environment: { CUDA_VISIBLE_DEVICES: '' } });
});
