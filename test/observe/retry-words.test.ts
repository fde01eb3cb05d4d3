import { expect, test } from 'vitest';
import { retryOptions } from '../../src/observe/retry-words.js';

test.each([
  ['OutOfMemory', 'needed more memory than 400 MB', ' --retry-memory-factor 2'],
  ['OutOfMemory', 'needed more memory than this machine has', ''],
  ['Timeout', 'took longer than 3 s', ''],
  ['RangeError', 'needed more memory than 400 MB', ''],
])('A case that failed by %s, %s, is tried again with these options: "%s"', (type, message, options) => {
  expect(retryOptions({ type, message })).toBe(options);
});
