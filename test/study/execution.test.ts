import { describe, expect, test } from 'vitest';
import { defaultExecution } from '../../src/study/execution.js';
import { load, refusal } from './support.js';

const head = 'name: s\nsolver: fake\n';

describe('the section execution', () => {
  test('has defaults for all it does not say', async () => {
    expect((await load(head)).execution).toEqual(defaultExecution);
    expect((await load(`${head}execution: {}\n`)).execution).toEqual(defaultExecution);
  });

  test('takes times and sizes as users write them', async () => {
    const text = `execution:
  timeout: 15 min
  stall: 90
  max_retries: 2
  backoff: [2 s, 00:05:00]
  crash_limit: 5
  isolation: process
  memory_limit_per_worker: 2 GB
  retry_memory_factor: 1.5
  threads: 4
  pinning: none
  gpus: 2
  checkpoint: { cases: 10, seconds: 1 }
  nan: refuse
`;
    expect((await load(head + text)).execution).toEqual({
      timeoutMs: 900_000,
      stallMs: 90_000,
      retries: 2,
      backoff: { firstMs: 2_000, mostMs: 300_000 },
      crashLimit: 5,
      isolation: 'process',
      memoryLimitBytes: 2e9,
      retryMemoryFactor: 1.5,
      threads: 4,
      pinning: 'none',
      gpus: 2,
      ranksPerTask: 1,
      checkpoint: { cases: 10, ms: 1_000 },
      nan: 'refuse',
    });
    expect((await load(`${head}execution: { timeout: none }\n`)).execution.timeoutMs).toBe(
      Number.POSITIVE_INFINITY,
    );
  });

  test('counts the ranks that compute a case together, for kernel modules', async () => {
    const module = 'name: s\nkernel: k.ts\n';
    const files = { 'k.ts': '' };
    const team = await load(`${module}execution: { ranks_per_task: 3 }\n`, { files });
    expect(team.execution.ranksPerTask).toBe(3);
    expect(team.fingerprint).not.toBe((await load(module, { files })).fingerprint);
    expect(
      await refusal(`${module}execution: { ranks_per_task: 3, isolation: process }\n`, { files }),
    ).toContain('execution.isolation: An MPI kernel lives in its ranks');
  });

  test.each([
    ['{ ranks_per_task: 2 }', 'Only a kernel module can be computed by several ranks together'],
    ['{ timeout: soon }', 'study.yaml:3:23: execution.timeout: Not a time (expected seconds, or a time like'],
    ['{ backoff: [1, 0] }', 'execution.backoff[1]: Not a time'],
    ['{ retry_memory_factor: 0.5 }', 'execution.retry_memory_factor'],
    ['{ memory_limit_per_worker: 2 XB }', 'execution.memory_limit_per_worker: Not a size'],
    ['{ max_retries: -1 }', 'execution.max_retries: Wrong value'],
    ['{ isolation: proces }', 'expected auto, inline or process'],
    ['{ timeuot: 3 }', "execution.timeuot: Unknown key 'timeuot'. Did you mean 'timeout'?"],
  ])('refuses %s', async (section, words) => {
    expect(await refusal(`${head}execution: ${section}\n`)).toContain(words);
  });
});
