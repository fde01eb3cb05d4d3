import { describe, expect, test } from 'vitest';
import { parseCoreList } from '../../../src/process/node/affinity.js';
import { gpuEnvironment, gpuNames, gpuVariables } from '../../../src/process/node/gpus.js';
import { localRank } from '../../../src/process/node/local-rank.js';
import { type NodeCores, type ShareRequest, shareOf } from '../../../src/process/node/share.js';
import { roomForWorkers } from '../../../src/process/node/worker-count.js';

const cores = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const node = (count: number, changes: Partial<NodeCores> = {}): NodeCores => ({
  allowed: cores(count),
  quota: count,
  ...changes,
});
const request = (changes: Partial<ShareRequest> = {}): ShareRequest => ({
  ...{ index: 0, count: 2, threads: 'auto', pinning: 'auto', gpus: 'none' },
  ...changes,
});

describe('the share of a worker', () => {
  test.each([
    ['even', 8, 2],
    ['uneven', 7, 3],
    ['one core each', 4, 4],
  ])('is a part of the cores that no other has, and all are dealt out (%s)', (_, size, count) => {
    const dealt = cores(count).map((index) => shareOf(request({ index, count }), {}, node(size)).cores ?? []);
    expect(dealt.flat()).toEqual(cores(size));
    const sizes = dealt.map((part) => part.length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  });

  test.each<[string, Partial<ShareRequest>, NodeCores]>([
    ['there are more workers than cores', { count: 3 }, node(2)],
    ['it is alone', { count: 1 }, node(8)],
    ['the study wants none', { pinning: 'none' }, node(8)],
    ['the launcher has bound the rank', {}, node(8, { allowed: [0, 1], launcher: cores(8) })],
  ])('is bound to no core of ours when %s', (_, changes, offered) => {
    expect(shareOf(request(changes), {}, offered).cores).toBeUndefined();
  });

  test.each<[string, number, Partial<ShareRequest>, NodeCores]>([
    ['an even part of the cores', 4, {}, node(8)],
    ['at least one', 1, { count: 9 }, node(8)],
    ['what a quota leaves', 1, {}, node(8, { quota: 2.5 })],
    ['what the study says', 6, { threads: 6 }, node(8)],
    ['the cores it was bound to', 2, { count: 4 }, node(8, { allowed: [4, 5], launcher: cores(8) })],
    [
      'its part of a socket that it shares',
      4,
      { count: 16 },
      node(64, { allowed: cores(32), launcher: cores(64), quota: 64 }),
    ],
  ])('has threads for %s', (_, threads, changes, offered) => {
    const share = shareOf(request(changes), { MKL_NUM_THREADS: '3' }, offered);
    expect(share.threads).toBe(threads);
    expect(share.environment).toEqual({
      OMP_NUM_THREADS: String(threads),
      OPENBLAS_NUM_THREADS: String(threads),
      BLIS_NUM_THREADS: String(threads),
      VECLIB_MAXIMUM_THREADS: String(threads),
      NUMEXPR_NUM_THREADS: String(threads),
    });
  });
});

test.each<[Parameters<typeof gpuEnvironment>[0], number, NodeJS.ProcessEnv, number, Record<string, string>]>([
  ['auto', 0, {}, 0, {}],
  ['auto', 3, {}, 2, { CUDA_VISIBLE_DEVICES: '1' }],
  ['auto', 1, { CUDA_VISIBLE_DEVICES: '4, GPU-8f' }, 9, { CUDA_VISIBLE_DEVICES: 'GPU-8f' }],
  ['auto', 2, { CUDA_VISIBLE_DEVICES: '' }, 9, {}],
  [
    'auto',
    1,
    { ROCR_VISIBLE_DEVICES: '0,1', ZE_AFFINITY_MASK: '0.0,0.1' },
    9,
    { ROCR_VISIBLE_DEVICES: '1', ZE_AFFINITY_MASK: '0.1' },
  ],
  [4, 6, {}, 0, { CUDA_VISIBLE_DEVICES: '2' }],
  [4, 1, { CUDA_VISIBLE_DEVICES: '7' }, 0, { CUDA_VISIBLE_DEVICES: '7' }],
  ['none', 1, { CUDA_VISIBLE_DEVICES: '0,1' }, 2, {}],
])(
  'GPUs %j for worker %d, with %j set and %d devices: %j',
  (choice, index, environment, devices, expected) => {
    expect(
      gpuEnvironment(choice, index, environment, () => Array.from({ length: devices }, (_, i) => String(i))),
    ).toEqual(expected);
  },
);

test.each<[NodeJS.ProcessEnv, { index: number; count: number } | undefined]>([
  [{}, undefined],
  [
    { OMPI_COMM_WORLD_LOCAL_RANK: '1', OMPI_COMM_WORLD_LOCAL_SIZE: '4' },
    { index: 1, count: 4 },
  ],
  [
    { MPI_LOCALRANKID: '0', MPI_LOCALNRANKS: '2' },
    { index: 0, count: 2 },
  ],
  [
    { SLURM_LOCALID: '2', SLURM_NODEID: '1', SLURM_STEP_TASKS_PER_NODE: '4(x2),3' },
    { index: 2, count: 4 },
  ],
  [
    { SLURM_LOCALID: '2', SLURM_NODEID: '2', SLURM_STEP_TASKS_PER_NODE: '4(x2),3' },
    { index: 2, count: 3 },
  ],
  [{ SLURM_LOCALID: '2' }, undefined],
  [{ OMPI_COMM_WORLD_LOCAL_RANK: '5', OMPI_COMM_WORLD_LOCAL_SIZE: '4' }, undefined],
])('The environment %j says that the rank is %j of its node', (environment, expected) => {
  expect(localRank(environment)).toEqual(expected);
});

test.each([
  ['0-3,8,10-11\n', [0, 1, 2, 3, 8, 10, 11]],
  ['5', [5]],
  ['', []],
])('The list of cores %j is %j', (text, expected) => {
  expect(parseCoreList(text)).toEqual(expected);
});

test.each([
  [Number.POSITIVE_INFINITY, 8, 1e9, 8],
  [4e9, 8, 17e9, 4],
  [4e9, 2, 64e9, 2],
  [64e9, 8, 16e9, 1],
])(
  'With %d bytes a worker, %d cores and %d bytes there is room for %d workers',
  (limit, count, free, expected) => {
    expect(roomForWorkers(limit, count, free)).toBe(expected);
  },
);

test.each<[Parameters<typeof gpuNames>[0], NodeJS.ProcessEnv, readonly string[]]>([
  ['auto', {}, ['0', '1']],
  [4, {}, ['0', '1', '2', '3']],
  [4, { ROCR_VISIBLE_DEVICES: '6, 7' }, ['6', '7']],
  ['auto', { CUDA_VISIBLE_DEVICES: '' }, []],
  ['none', { CUDA_VISIBLE_DEVICES: '0' }, []],
])('of a node with GPUs %j and %j set, workers are dealt %j', (choice, environment, names) => {
  expect(gpuNames(choice, environment, () => ['0', '1'])).toEqual(names);
});

test('GPUs of a case are shown by the variable that showed those of the node', () => {
  expect(gpuVariables(['6'], { ROCR_VISIBLE_DEVICES: '6,7' })).toEqual({ ROCR_VISIBLE_DEVICES: '6' });
  expect(gpuVariables(['a', 'b'], {})).toEqual({ CUDA_VISIBLE_DEVICES: 'a,b' });
});
