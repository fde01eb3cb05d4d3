import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/errors/input-error.js';
import { compileFormula } from '../../../src/study/expression/compile.js';
import { namesIn, resolveExpression, type Scope } from '../../../src/study/expression/resolve.js';
import { expressions, javascriptValue } from './generated.js';

const scope: Scope = new Map([
  ['a', { slots: [0], isVector: false }],
  ['b', { slots: [1], isVector: false }],
  ['v', { slots: [2, 3, 4], isVector: true }],
  ['w', { slots: [5, 6], isVector: true }],
]);

/** Values of the expression for cases given as rows of slots. */
function evaluate(text: string, ...cases: readonly (readonly number[])[]): number[][] {
  const slots = Array.from({ length: 7 }, (_, slot) =>
    Float64Array.from(cases, (row) => row[slot] ?? Number.NaN),
  );
  return resolveExpression(text, scope).formulas.map((formula) => [
    ...compileFormula(formula, slots, cases.length)(cases.length).subarray(0, cases.length),
  ]);
}

const single = (text: string, ...row: readonly number[]): number => evaluate(text, row)[0]![0]!;

describe('expressions', () => {
  it.each([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['2 ^ 3 ^ 2', 512],
    ['2 ** 3 ** 2', 512],
    ['-2 ^ 2', -4],
    ['(-2) ^ 2', 4],
    ['2 ^ -1', 0.5],
    ['-2 ^ -2', -0.25],
    ['2 * 3 ^ 2', 18],
    ['8 / 4 / 2', 1],
    ['10 - 4 - 3', 3],
    ['7 % 4', 3],
    ['-7 % 4', -3],
    ['1.5e-3 * 2', 0.003],
    ['.5 + 1', 1.5],
    ['--3', 3],
    ['!0 + !5', 1],
    ['1 < 2 && 2 < 3', 1],
    ['1 > 2 || 0', 0],
    ['1 == 1', 1],
    ['1 != 1', 0],
    ['0/0 ? 1 : 2', 2],
    ['1 ? 2 : 3 ? 4 : 5', 2],
    ['0 ? 2 : 0 ? 4 : 5', 5],
    ['max(1, 5, 3) - min(4, 2)', 3],
    ['hypot(3, 4)', 5],
    ['pow(2, 10)', 1024],
    ['log10(1000)', Math.log10(1000)],
    ['sin(pi / 2)', 1],
    ['log(e)', 1],
    ['atan2(1, 1) * 4', Math.PI],
    ['round(2.5) + floor(-0.5) + ceil(0.2) + sign(-3)', 2],
  ])('computes %s as %d', (text, value) => {
    expect(single(text)).toBe(value);
  });

  it('computes whole columns, case by case', () => {
    expect(evaluate('a > 1 ? a * b : -b', [1, 10], [2, 20], [3, 30])).toEqual([[-10, 40, 90]]);
  });

  it('takes elements of vectors by number, and whole vectors element by element', () => {
    const row = [10, 0, 1, 2, 3];
    expect(single('v[0] + v[2]', ...row)).toBe(4);
    expect(evaluate('a * v', row)).toEqual([[10], [20], [30]]);
    expect(resolveExpression('a * v', scope).isVector).toBe(true);
    expect(resolveExpression('a * v[1]', scope).isVector).toBe(false);
  });

  it('folds what is constant', () => {
    expect(resolveExpression('2 * pi * max(1, 2, 3)', scope).formulas).toEqual([
      { kind: 'number', value: 6 * Math.PI },
    ]);
  });

  it('tells the names that it uses', () => {
    expect(namesIn('a + sqrt(v[1]) * (unknown ? pi : b)')).toEqual(['a', 'v', 'unknown', 'b']);
  });

  it.each([
    ['', 'Empty expression'],
    ['a +', 'cannot be read at character 4'],
    ['(a', 'cannot be read'],
    ['a b', 'More than one expression'],
    ['a, b', 'More than one expression'],
    ['aa', "Did you mean 'a'?"],
    ['sqrt', 'write sqrt(…)'],
    ['sqr(4)', "Did you mean 'sqrt'?"],
    ['sqrt(1, 2)', 'expected 1, got 2'],
    ['max(1)', 'expected at least 2, got 1'],
    ['v[3]', 'from 0 to 2'],
    ['v[-1]', 'from 0 to 2'],
    ['v[0.5]', 'from 0 to 2'],
    ['v[a]', 'from 0 to 2'],
    ['a[0]', 'has no elements'],
    ['v + w', 'Vectors of different length'],
    ['[a, b]', 'a list inside an expression'],
    ["'text'", 'the text'],
    ['a.constructor', 'access to a member'],
    ["v['length']", 'from 0 to 2'],
    ['constructor', 'Unknown name constructor'],
    ['toString()', 'Unknown function toString()'],
    ['__proto__', 'Unknown name __proto__'],
    ['this', 'Unknown name this'],
    ['a = 3', 'cannot be read'],
    ['a => a', 'cannot be read'],
    ['a | b', 'cannot be read'],
    ['sin(a)(b)', 'a call of something'],
    [`${'('.repeat(60)}a${')'.repeat(60)}`, 'nested too deeply'],
    ['a+'.repeat(600), 'too long'],
  ])('refuse %j', (text, message) => {
    const attempt = () => resolveExpression(text, scope);
    expect(attempt).toThrow(InputError);
    expect(describeError(attempt)).toContain(message);
  });

  it('survive any text: a formula or an InputError', () => {
    const pieces = fc.constantFrom(
      'a',
      'b',
      'v',
      '[0]',
      '(',
      ')',
      '+',
      '-',
      '*',
      '**',
      '^',
      '?',
      ':',
      ',',
      '1',
      '.5',
      ' ',
      'max',
      '!',
      '&&',
      '==',
      '"',
      '.',
      '\\',
      '{',
      '`',
      ';',
      '#',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 25 }), (parts) => {
        try {
          resolveExpression(parts.join(''), scope);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      { numRuns: 2000 },
    );
    expect(() => resolveExpression(`${'-'.repeat(990)}a`, scope)).not.toThrow();
  });
});

describe('compiled expressions', () => {
  it('give the bits that JavaScript gives', () => {
    fc.assert(
      fc.property(
        expressions,
        fc.double({ noNaN: true, min: -1e3, max: 1e3 }),
        fc.double({ noNaN: true, min: -1e3, max: 1e3 }),
        (text, a, b) => {
          expect(single(text, a, b)).toBe(javascriptValue(text, a, b));
        },
      ),
      { numRuns: 500 },
    );
  });
});

function describeError(attempt: () => unknown): string {
  try {
    attempt();
    return 'nothing thrown';
  } catch (error) {
    return (error as InputError).describe();
  }
}
