import { describe, expect, test } from 'vitest';
import { readExecutionOptions } from '../../../src/cli/options/execution-options.js';
import { changedExecution, defaultExecution } from '../../../src/study/execution.js';

describe('--retry-memory-factor', () => {
  test.each([
    ['2', 2],
    ['1.5', 1.5],
  ])('%s', (text, retryMemoryFactor) => {
    expect(readExecutionOptions({ 'retry-memory-factor': text })).toEqual({ retryMemoryFactor });
  });

  test.each(['0.5', '-2', 'double', '2x', 'none'])('%j is refused', (text) => {
    expect(() => readExecutionOptions({ 'retry-memory-factor': text })).toThrow('--retry-memory-factor');
  });
});

describe('--checkpoint', () => {
  const { cases, ms } = defaultExecution.checkpoint;

  test.each([
    ['100', { cases: 100, ms }],
    ['10_000', { cases: 10_000, ms }],
    ['500 ms', { cases, ms: 500 }],
    ['2 min', { cases, ms: 120_000 }],
    ['1,none', { cases: 1, ms: Number.POSITIVE_INFINITY }],
    ['30 s, 64', { cases: 64, ms: 30_000 }],
  ])('%s changes what it names and leaves the rest to the study', (text, checkpoint) => {
    const change = readExecutionOptions({ checkpoint: text });
    expect(changedExecution(defaultExecution, change)).toEqual({ ...defaultExecution, checkpoint });
  });

  test.each(['0', '-5', 'often', '5,6', '1 s,2 s', '5,', ',', '1 s,2 s,3'])('%j is refused', (text) => {
    expect(() => readExecutionOptions({ checkpoint: text })).toThrow('--checkpoint');
    expect(() => readExecutionOptions({ SHOAL_CHECKPOINT: text })).toThrow('SHOAL_CHECKPOINT');
  });

  test('without it the study decides', () => {
    expect(readExecutionOptions({})).toEqual({});
  });
});
