import { describe, expect, test } from 'vitest';
import { allocateColumns, type ColumnSpec, type Dtype } from '../../../src/codec/columns.js';
import { lastLine, outputFinder } from '../../../src/kernels/command/find-outputs.js';
import { parseJsonPath } from '../../../src/study/command/json-path.js';
import type { CommandOutput } from '../../../src/study/command/source.js';

const spec = (name: string, dtype: Dtype = 'float64', shape: number[] = []): ColumnSpec => ({
  name,
  dtype,
  shape,
});
const byRegex = (pattern: string, to = spec('a')): CommandOutput => ({
  spec: to,
  from: 'stdout',
  find: { kind: 'regex', pattern },
});
const byJson = (path: string, to = spec('a')): CommandOutput => ({
  spec: to,
  from: 'stdout',
  find: { kind: 'json', path: parseJsonPath(path) as (string | number)[] },
});
const byLine = (to = spec('a'), from: 'stdout' | 'stderr' = 'stdout'): CommandOutput => ({
  spec: to,
  from,
  find: { kind: 'last-line' },
});

/** What is found for the second of three cases; a text is the problem. */
function found(outputs: readonly CommandOutput[], stdout: string, stderr = ''): unknown {
  const specs = outputs.map((output) => output.spec);
  const out = allocateColumns(specs, 3);
  const problem = outputFinder(outputs)({ stdout, stderr }, out, 1);
  if (problem !== undefined) return problem;
  return specs.map(({ name, shape }) => {
    const size = shape[0] ?? 1;
    const values = Array.from(out[name] as Float64Array).slice(size, 2 * size);
    return shape.length > 0 ? values : values[0];
  });
}

describe('the last line', () => {
  test.each<[string, readonly CommandOutput[], string, unknown]>([
    ['a number', [byLine()], 'step 1\n 1.5e-3 \n\n', [1.5e-3]],
    ['several, in the order of outputs', [byLine(), byLine(spec('b', 'float64', [2]))], '1 2,3', [1, [2, 3]]],
    ["Fortran's exponents", [byLine()], '-1.25D-02', [-0.0125]],
    ['infinities', [byLine(), byLine(spec('b'))], 'inf -Infinity', [Infinity, -Infinity]],
    ['a NaN', [byLine()], 'nan', [Number.NaN]],
    [
      'whole numbers',
      [byLine(spec('a', 'int32')), byLine(spec('b', 'int64'))],
      '7; 9007199254740991',
      [7, 9007199254740991n],
    ],
    ['a truth', [byLine(spec('a', 'bool'))], '1', [1]],
    ['nothing', [byLine()], '', 'expected a number on the last line of its stdout, it printed nothing'],
    ['words', [byLine()], 'done: 3', 'expected a number on the last line of its stdout, it was "done: 3"'],
    ['too many', [byLine()], '1 2', 'expected a number on the last line of its stdout, it was "1 2"'],
    ['a fraction for a whole number', [byLine(spec('a', 'int32'))], '1.5', 'a: expected int32, got 1.5'],
  ])('%s', (_, outputs, stdout, expected) => {
    expect(found(outputs, stdout)).toEqual(expected);
  });

  test('of either stream', () => {
    expect(found([byLine(), byLine(spec('b'), 'stderr')], '1\n', '2\n')).toEqual([1, 2]);
  });

  test('is the last with anything on it', () => {
    expect(lastLine('a\n b \n \n\n')).toBe('b');
    expect(lastLine('')).toBe('');
  });
});

describe('a regular expression', () => {
  const log = 'energy = 1.0\nenergy = -2.50\nforces: 1 2 3\nstate: converged well\n';
  test.each<[string, CommandOutput, unknown]>([
    ['its last match, the group', byRegex('energy = (\\S+)'), [-2.5]],
    ['all of the match without a group', byRegex('[-\\d.]+(?=\\nforces)'), [-2.5]],
    ['a list in one group', byRegex('^forces: (.*)$', spec('a', 'float64', [3])), [[1, 2, 3]]],
    ['a number in each group', byRegex('^forces: (\\d) \\d (\\d)', spec('a', 'float64', [2])), [[1, 3]]],
    ['a text', byRegex('^state: (.*)$', spec('a', 'string')), ['converged well']],
    ['no match', byRegex('volume = (.*)'), 'a: nothing in its stdout matches volume = (.*)'],
    ['a match that is no number', byRegex('state: (.*)'), 'a: expected 1 numbers, got 2'],
    ['a word for a number', byRegex('state: (\\w+)'), 'a: expected float64, got other text'],
  ])('%s', (_, output, expected) => {
    expect(found([output], log)).toEqual(expected);
  });
});

describe('a path into JSON', () => {
  const document = '{ "e": -1.5, "f": [[1, 2], [3, 4]], "name": "HF", "ok": true, "none": null }';
  test.each<[string, CommandOutput, string, unknown]>([
    ['a number', byJson('e'), document, [-1.5]],
    ['nested lists', byJson('f', spec('a', 'float64', [4])), document, [[1, 2, 3, 4]]],
    ['a text', byJson('name', spec('a', 'string')), document, ['HF']],
    ['anything as text', byJson('f', spec('a', 'string')), document, ['[[1,2],[3,4]]']],
    ['a truth', byJson('ok', spec('a', 'bool')), document, [1]],
    ['null for NaN', byJson('none'), document, [Number.NaN]],
    [
      'on the last line behind other text',
      byJson('e'),
      `reading …\n${document.replaceAll('\n', '')}\n`,
      [-1.5],
    ],
    ['a path to nothing', byJson('x.y'), document, 'a: nothing at that path in the JSON of its stdout'],
    ['no JSON', byJson('e'), 'oops', 'a: nothing at that path in the JSON of its stdout'],
    ['a text for a number', byJson('name'), document, 'a: expected float64, got "HF"'],
    ['a list of another length', byJson('f'), document, 'a: expected 1 numbers, got 4'],
  ])('%s', (_, output, stdout, expected) => {
    expect(found([output], stdout)).toEqual(expected);
  });
});
