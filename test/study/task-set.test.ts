import { describe, expect, test } from 'vitest';
import { withCosts } from '../../src/schedule/tasks/with-costs.js';
import { createTaskSet } from '../../src/study/task-set.js';
import { load, refusal } from './support.js';

const head = `name: s
solver: fake
cases:
  - { name: a, n: 1, after: "" }
  - { name: b, n: 2, after: a }
  - { name: c, n: 2, after: "a, b" }
  - { name: d, n: 3, after: "c  a,a" }
`;

async function setOf(text: string, total = 4) {
  const study = await load(head + text);
  return createTaskSet(study, total);
}

describe('what the scheduler knows of cases', () => {
  test('is nothing where the study only names them, or says nothing', async () => {
    expect(await setOf('')).toBeUndefined();
    expect(await setOf('tasks: { id: name }')).toBeUndefined();
  });

  test('is whom each depends on, once, in the order in which they are named', async () => {
    const set = await setOf('tasks: { id: name, depends_on: after }');
    expect([...set!.dependencies.offsets]).toEqual([0, 0, 1, 3, 5]);
    expect([...set!.dependencies.cases]).toEqual([0, 0, 1, 2, 0]);
    expect(set!.nameOf(2)).toBe("'c' (case 2)");
  });

  test('is levels as ranks, priorities by rule or formula, and needs by kind', async () => {
    const text = 'tasks: { level: n * 10, priority: nbody_first, resources: { cores: n, memory: 1 kB } }';
    const set = await setOf(text);
    expect([...set!.levels!]).toEqual([0, 1, 1, 2]);
    expect([...set!.priorities!]).toEqual([10, 20, 20, 30]);
    expect(set!.needs!.kinds).toEqual([1, 2, 3].map((cores) => ({ cores, memoryBytes: 1000, gpus: 0 })));
    expect([...set!.needs!.kindOf]).toEqual([0, 1, 1, 2]);
    expect(set!.nameOf(2)).toBe('case 2');
    expect([...(await setOf('tasks: { priority: -n }'))!.priorities!]).toEqual([-1, -2, -2, -3]);
  });

  test('is costs where they decide, and first where the rule says so', async () => {
    const model = { kind: 'known', costs: () => Float64Array.of(3, Number.NaN, 2, 1) } as const;
    const costed = async (priority: string) => {
      const study = await load(`${head}cost: n\ntasks: { ${priority} }`);
      return withCosts(createTaskSet(study, 4)!, study.tasks!, model);
    };
    expect([...(await costed('priority: cost_first')).priorities!]).toEqual([3, 0, 2, 1]);
    expect([...(await costed('priority: n')).costs!]).toEqual([3, 0, 2, 1]);
    expect(await costed('priority: fifo')).toMatchObject({ isInOrder: true });
    expect((await costed('priority: fifo')).costs).toBeUndefined();
  });

  test('is memory in steps where every case needs another amount', async () => {
    const study = await load(
      'name: s\nsolver: fake\nparameters: { n: { linspace: [1, 5000, 5000] } }\ntasks: { resources: { memory: n * n } }\n',
    );
    const { kinds, kindOf } = createTaskSet(study, 5000)!.needs!;
    expect(kinds.length).toBeLessThan(1000);
    for (let i = 0; i < 5000; i++) {
      const { memoryBytes } = kinds[kindOf[i]!]!;
      expect(memoryBytes).toBeGreaterThanOrEqual((i + 1) ** 2);
      expect(memoryBytes).toBeLessThanOrEqual((i + 1) ** 2 * (1 + 1 / 32) + 1);
    }
  });
});

describe('tasks that cannot be', () => {
  const list = (...rows: string[]) =>
    `name: s\nsolver: fake\ncases:\n${rows.map((row) => `  - { ${row} }\n`).join('')}`;
  const tasks = 'tasks:\n  id: name\n  depends_on: after\n';

  test.each([
    [
      'a circle, which is shown',
      list('name: a, after: c', 'name: b, after: a', 'name: c, after: b', 'name: d, after: a'),
      "tasks.depends_on: Cases wait for each other (expected no circle of dependencies, got 'a' (case 0) → 'c' (case 2) → 'b' (case 1) → 'a' (case 0))",
    ],
    ['a case that depends on itself', list('name: a, after: a'), "got 'a' (case 0) → 'a' (case 0))"],
    [
      'an unknown id, with the nearest',
      list('name: dimer1, after: ""', 'name: b, after: dimer_1'),
      "tasks.depends_on: A case depends on one that does not exist (expected ids of other cases, got 'dimer_1', on which case 1 depends). Did you mean 'dimer1'?",
    ],
    [
      'one id twice',
      list('name: a, after: ""', 'name: b, after: ""', 'name: a, after: ""'),
      "tasks.id: Two cases with one id (expected ids that differ, got 'a' of case 0 and of case 2)",
    ],
    [
      'an id with a blank',
      list('name: "a b", after: ""'),
      "tasks.id: Not an id (expected text without blanks and commas, got 'a b' of case 0)",
    ],
  ])('are refused: %s', async (_, cases, words) => {
    const text = await refusal(cases + tasks);
    expect(text).toContain(words);
    expect(text).toMatch(/:\d+:\d+: tasks\./);
  });

  test.each([
    [
      'level: sqrt(n - 2)',
      'tasks.level: A value that cannot be used (expected a finite number, got NaN in case 0)',
    ],
    [
      'priority: sqrt(n - 2)',
      'tasks.priority: Not a number (expected a number for every case, got NaN in case 0)',
    ],
    [
      'resources: { cores: n - 2 }',
      'tasks.resources.cores: A value that cannot be used (expected a number that is not negative, got -1 in case 0)',
    ],
    [
      'id: name, depends_on: after, level: -n',
      "tasks.depends_on: Cases wait for each other (got 'b' (case 1) of level -2 depends on 'a' (case 0) of level -1",
    ],
  ])('are refused: %s', async (section, words) => {
    expect(await refusal(`${head}tasks: { ${section} }\n`)).toContain(words);
  });

  test('are refused when a limit leaves out what others need', async () => {
    const study = await load(list('name: a, after: b', 'name: b, after: ""') + tasks);
    expect(() => createTaskSet(study, 1)).toThrow(/The limit leaves out a case that another needs/);
  });
});
