import { describe, expect, test } from 'vitest';
import { calculatorNames, inTurn } from '../../src/study/turns.js';
import { load, refusal } from './support.js';

const files = { 'k.ts': 'k', 'other.ts': 'other', 'k.c': 'int k;' };
const echo = '{ command: [echo, "{x}"], outputs: [{ name: y }] }';
const library = '{ library: k.c, symbol: area, inputs: [{ name: x }], outputs: [{ name: y }] }';
const textOf = (kernel: string, more = ''): string =>
  `name: s\nkernel: ${kernel}\nparameters: { x: [1, 2] }\n${more}`;
const studyOf = (kernel: string, more = '') => load(textOf(kernel, more), { files });

describe('a list of kernels', () => {
  test('is read in its order, whatever kinds they are of', async () => {
    const { kernel } = await studyOf(`[${echo}, k.ts, ${library}]`);
    expect(kernel).toMatchObject({
      kind: 'turns',
      members: [{ kind: 'command' }, { kind: 'module' }, { kind: 'library', symbol: 'area' }],
    });
  });

  test('of one is that kernel', async () => {
    const [list, one] = [await studyOf(`[${echo}]`), await studyOf(echo)];
    expect(list.kernel).toEqual({ ...one.kernel, path: expect.any(String) });
    expect(list.execution.retries).toBe(0);
    expect(list.fingerprint).toBe(one.fingerprint);
  });

  test.each([
    [`[${echo}, k.ts, ${library}]`, '', 2],
    [`[${echo}, k.ts]`, 'execution: { timeout: 3 }', 1],
    [`[${echo}, k.ts]`, 'execution: { max_retries: 5 }', 5],
    [`[${echo}, k.ts]`, 'execution: { max_retries: 0 }', 0],
    [echo, '', 0],
  ])('%s with "%s" tries a case again %i times', async (kernel, more, retries) => {
    expect((await studyOf(kernel, more)).execution.retries).toBe(retries);
  });

  test('makes another study with each member and each order', async () => {
    const lists = [
      `[${echo}, k.ts]`,
      `[k.ts, ${echo}]`,
      `[${echo}, ${library}]`,
      `[${echo}, k.ts, k.ts]`,
      `[{ command: [echo, "-n", "{x}"], outputs: [{ name: y }] }, k.ts]`,
      'k.ts',
    ];
    const prints = await Promise.all(lists.map(async (list) => (await studyOf(list)).fingerprint));
    expect(new Set(prints).size).toBe(lists.length);
    expect((await studyOf(`[${echo}, k.ts]`)).fingerprint).toBe(prints[0]);
  });

  test.each([
    ['[]', '', 'kernel: Wrong value (expected a list of at least 1 entries, got [])'],
    ['[k.ts, k.txt]', '', 'kernel[1]: Not a kernel module by its name (expected a path that ends in .ts'],
    [`[${echo}, { command: [echo, "{z}"] }]`, '', 'kernel[1].command: No parameter for the placeholder {z}'],
    ['[k.ts, { command: echo, outputz: [] }]', '', "kernel[1].outputz: Unknown key 'outputz'"],
    [
      `[k.ts, ${library.replace('name: y', 'name: x')}]`,
      '',
      "kernel[1].outputs[0].name: Two columns of the kernel are named 'x'",
    ],
    ['[k.ts, other.ts]', 'execution: { ranks_per_task: 2 }', 'got 2 ranks for a list of kernels'],
  ])('%s %s is refused', async (kernel, more, words) => {
    expect(await refusal(textOf(kernel, more), { files })).toContain(words);
  });
});

test('attempts go through the members, and the last one stays', () => {
  expect([1, 2, 3, 4, 100].map((attempt) => inTurn(['a', 'b', 'c'], attempt))).toEqual([
    'a',
    'b',
    'c',
    'c',
    'c',
  ]);
  expect(inTurn(['a'], 2)).toBe('a');
});

test('members have names by which they can be told apart', async () => {
  const { kernel } = await studyOf(`[${echo}, k.ts, { command: /bin/echo }, ${library}]`);
  expect(calculatorNames(kernel)).toEqual(['echo (1)', 'k.ts', 'echo (3)', 'area']);
});
