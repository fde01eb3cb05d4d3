import { expect, test } from 'vitest';
import { atJsonPath, parseJsonPath } from '../../../src/study/command/json-path.js';

const document = {
  energy: -1.5,
  result: { 'two words': [10, { x: 'deep' }] },
  list: [[1], [2, 3]],
  none: null,
};

test.each([
  ['energy', -1.5],
  ['result["two words"][0]', 10],
  ['result["two words"][1].x', 'deep'],
  ['list[1][0]', 2],
  ['none', null],
  ['missing', undefined],
  ['energy.x', undefined],
  ['list[7]', undefined],
  ['result.toString', undefined],
  ['list.length', undefined],
])('%s is %j', (path, value) => {
  const steps = parseJsonPath(path);
  expect(steps).toBeDefined();
  expect(atJsonPath(document, steps as (string | number)[])).toEqual(
    path === 'list.length' ? document.list.length : value,
  );
});

test.each(['.a', 'a.', 'a..b', 'a[', 'a[x]', 'a b', '[1]b', 'a[-1]'])('%s is no path', (path) => {
  expect(parseJsonPath(path)).toBeUndefined();
});
