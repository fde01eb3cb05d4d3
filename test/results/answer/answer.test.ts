import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeAnswer } from '../../../src/results/answer/answer.js';
import { openResults } from '../../../src/results/results.js';
import { runOf } from '../support.js';

const axis = { name: 'time', unit: 's', values: [1e-6, 1e-5, 1e-4] };

test('The answer is the statistics of the study as CSV and JSON, and a figure of what lies along the axis', async () => {
  const dir = await runOf({ count: 40, sessions: [[[0, 40]]] });
  const files = writeAnswer(dir, openResults(dir), axis);
  expect(files).toEqual(['answer/statistics.csv', 'answer/statistics.json', 'answer/figure.svg']);
  const lines = readFileSync(join(dir, 'answer/statistics.csv'), 'utf8').trimEnd().split('\n');
  expect(lines[0]).toBe('output,index,time,unit,count,mean');
  expect(lines[1]).toMatch(/^response,0,0.000001,T\/\(A m2\),\d+,/);
  expect(lines.filter((line) => line.startsWith('gradient'))).toMatchObject([
    expect.stringMatching(/^gradient,0 0,,,34,/),
    expect.stringMatching(/^gradient,0 1,/),
    expect.stringMatching(/^gradient,1 0,/),
    expect.stringMatching(/^gradient,1 1,/),
  ]);
  const document = JSON.parse(readFileSync(join(dir, 'answer/statistics.json'), 'utf8'));
  expect(document.cases).toEqual({ total: 40, completed: 34, failed: 6 });
  expect(document.outputs.response.axis).toEqual(axis);
  // Steps are minus the case, and cases 3, 10, … 38 failed: −(780 − 123) over 34.
  expect(document.outputs.steps.mean[0]).toBe(-657 / 34);
});

test('Numbers of the statistics read back from the CSV to those of the JSON', async () => {
  const dir = await runOf({ count: 40, sessions: [[[0, 40]]] });
  writeAnswer(dir, openResults(dir));
  const lines = readFileSync(join(dir, 'answer/statistics.csv'), 'utf8').trimEnd().split('\n').slice(1);
  const document = JSON.parse(readFileSync(join(dir, 'answer/statistics.json'), 'utf8'));
  const means = lines.map((line) => Number(line.split(',').at(-1)));
  const expected = Object.values(document.outputs as Record<string, { mean: (number | null)[] }>)
    .flatMap(({ mean }) => mean)
    .map((value, i) => value ?? means[i]);
  expect(means).toEqual(expected);
});

test('Without an axis there is no figure, and without a completed case there is no answer', async () => {
  const some = await runOf({ count: 40, sessions: [[[0, 40]]] });
  expect(writeAnswer(some, openResults(some))).toEqual(['answer/statistics.csv', 'answer/statistics.json']);
  const none = await runOf({ count: 4, sessions: [[[3, 1]]] });
  expect(writeAnswer(none, openResults(none), axis)).toEqual([]);
  expect(existsSync(join(none, 'answer'))).toBe(false);
});
