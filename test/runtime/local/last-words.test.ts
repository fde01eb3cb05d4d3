import { expect, test } from 'vitest';
import { newsFilter } from '../../../src/runtime/local/last-words.js';

const abort = [
  '----- Native stack trace -----',
  '',
  ' 1: 0xd3a3c0  [node]',
  '',
  '----- JavaScript stack trace -----',
];
const heap = [
  ...['', '<--- Last few GCs --->', '[21:0xa]  3812 ms: Mark-Compact 210.5', '<--- JS stacktrace --->', ''],
  'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
  ...abort,
];

test.each([
  ['of a process that aborts, none', abort, []],
  ['of a heap that is full, the reason alone', heap, [heap[5]]],
  ['what the process said before its trace', ['x is small', '', ...abort], ['x is small']],
  ['all that is no trace', ['terminate called', '  what(): x'], ['terminate called', '  what(): x']],
])('Of the lines of standard error are shown: %s', (_, lines, shown) => {
  expect(lines.filter(newsFilter())).toEqual(shown);
});
