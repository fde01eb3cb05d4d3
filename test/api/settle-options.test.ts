import { describe, expect, test } from 'vitest';
import type { RunOptions } from '../../src/api/options.js';
import { settleOptions } from '../../src/api/settle-options.js';
import { availableCores } from '../../src/process/node/cores.js';

describe('options of a run', () => {
  test('have defaults', () => {
    expect(settleOptions({}, {})).toEqual({
      executor: 'adaptive',
      ranks: availableCores(),
      isRanksFound: true,
      execution: {},
      fallback: 'sequential',
    });
  });

  test('come from the environment where the program says nothing', () => {
    const environment = {
      SHOAL_EXECUTOR: 'local',
      SHOAL_RANKS: '3',
      SHOAL_TIMEOUT: '2 min',
      SHOAL_RETRIES: '4',
      SHOAL_MEMORY_LIMIT: '2GB',
      SHOAL_RETRY_MEMORY_FACTOR: '1.5',
      SHOAL_STRATEGY: 'guided',
    };
    expect(settleOptions({ execution: { retries: 1 } }, environment)).toEqual({
      executor: 'local',
      ranks: 3,
      isRanksFound: false,
      execution: { timeoutMs: 120_000, memoryLimitBytes: 2e9, retryMemoryFactor: 1.5, retries: 1 },
      fallback: 'none',
      strategy: 'guided',
    });
    expect(settleOptions({ ranks: 5, executor: 'mpi' }, environment)).toMatchObject({
      ranks: 5,
      executor: 'mpi',
    });
  });

  test.each<[RunOptions, NodeJS.ProcessEnv, string]>([
    [{ executor: 'mpirun' as 'mpi' }, {}, 'the option executor cannot be used'],
    [{ ranks: 0 }, {}, 'the option ranks cannot be used'],
    [{ limit: 1.5 }, {}, 'the option limit cannot be used'],
    [{ rank: 2 } as RunOptions, {}, 'there is no option rank'],
    [{ chunk: 0 }, {}, 'the option chunk cannot be used'],
    [{ execution: { timeout: 3 } as object }, {}, 'there is no option execution.timeout'],
    [{ execution: { timeoutMs: -1 } }, {}, 'the option execution.timeoutMs cannot be used'],
    [{ execution: { retries: 0.5 } }, {}, 'the option execution.retries cannot be used'],
    [{ execution: { isolation: 'jail' as 'inline' } }, {}, 'the option execution.isolation cannot be used'],
    [{}, { SHOAL_EXECUTOR: 'gpu' }, 'SHOAL_EXECUTOR cannot be used'],
    [{ execution: { retryMemoryFactor: 0 } }, {}, 'the option execution.retryMemoryFactor cannot be used'],
    [{}, { SHOAL_RETRY_MEMORY_FACTOR: '0.9' }, 'SHOAL_RETRY_MEMORY_FACTOR cannot be used'],
    [{}, { SHOAL_TIMEOUT: 'soon' }, 'SHOAL_TIMEOUT cannot be used'],
  ])('%j with %j is refused', (options, environment, message) => {
    expect(() => settleOptions(options, environment)).toThrow(message);
  });
});
