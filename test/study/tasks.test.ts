import { describe, expect, test } from 'vitest';
import { load, refusal } from './support.js';

const head = `name: s
solver: fake
cases:
  - { name: a, n: 1, after: "", v: [1, 2] }
  - { name: b, n: 2, after: a, v: [3, 4] }
`;

describe('the section tasks', () => {
  test('is absent where the study says nothing', async () => {
    expect((await load(head)).tasks).toBeUndefined();
  });

  test('names columns and holds formulas over them', async () => {
    const text = `cost: n ^ 2
tasks:
  id: name
  depends_on: after
  level: n
  priority: cost_first
  resources: { cores: 2 * n, memory: 2 GB, gpus: 1 }
`;
    expect((await load(head + text)).tasks).toEqual({
      id: 'name',
      dependsOn: 'after',
      level: 'n',
      priority: { kind: 'rule', rule: 'cost_first' },
      resources: { cores: '2 * n', memoryBytes: '2000000000', gpus: '1' },
    });
    expect((await load(`${head}tasks: { priority: -n }\n`)).tasks?.priority).toEqual({
      kind: 'formula',
      formula: '-n',
    });
  });

  test.each([
    ['{ id: nmae }', "tasks.id: No column of the name 'nmae'. Did you mean 'name'?"],
    ['{ id: v }', "The column 'v' cannot serve (expected a text or a number a case, got float64[2])"],
    ['{ id: name, depends_on: n }', "The column 'n' cannot serve (expected a text a case, got float64)"],
    ['{ depends_on: after }', 'Dependencies without names to depend on (expected `id` beside it'],
    ['{ priority: nbody_first }', 'The rule nbody_first has nothing to go by (expected `tasks.level`'],
    ['{ priority: cost_first }', 'The rule cost_first has nothing to go by (expected `cost`'],
    ['{ level: v }', 'tasks.level: A vector where one number is needed'],
    ['{ resources: { cores: m } }', 'tasks.resources.cores'],
    [
      '{ resources: { memory: 100 XB } }',
      'tasks.resources.memory: Not a size (expected bytes, or a size like 512 MiB',
    ],
    ['{ resources: { core: 1 } }', "Unknown key 'core'. Did you mean 'cores'?"],
  ])('refuses %s', async (section, words) => {
    expect(await refusal(`${head}tasks: ${section}\n`)).toContain(words);
  });
});
