/** Random expressions over `a` and `b` in the part of the grammar that JavaScript shares, so that it can be the reference. */
import fc from 'fast-check';

const operators = ['+', '-', '*', '/', '%', '<', '>', '<=', '>=', '==', '!='];
const functions = ['sqrt', 'abs', 'exp', 'log', 'cos', 'floor', 'acos', 'tanh'];

const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.constantFrom('a', 'b', '2', '0.25', '7'),
    fc
      .tuple(tie('expression'), fc.constantFrom(...operators), tie('expression'))
      .map(([left, operator, right]) => `${left} ${operator} (${right})`),
    fc
      .tuple(tie('expression'), fc.constantFrom('2', '-1', '0.5', '3'))
      .map(([base, power]) => `(${base}) ** ${power}`),
    fc.tuple(fc.constantFrom(...functions), tie('expression')).map(([name, x]) => `${name}(${x})`),
    fc.tuple(tie('expression'), tie('expression')).map(([x, y]) => `max(${x}, ${y})`),
    fc.tuple(tie('expression'), tie('expression')).map(([x, y]) => `min(${x}, ${y}, 3)`),
    fc
      .tuple(tie('expression'), tie('expression'), tie('expression'))
      .map(([x, y, z]) => `(${x} ? ${y} : ${z})`),
    tie('expression').map((x) => `-(${x})`),
  ),
}));

export const expressions: fc.Arbitrary<string> = expression.filter((text) => text.length < 400);

/** What JavaScript makes of the expression. */
export function javascriptValue(text: string, a: number, b: number): number {
  const names = [...functions, 'max', 'min'] as const;
  const compute = new Function('a', 'b', ...names, `return Number(${text})`) as (
    ...values: unknown[]
  ) => number;
  return compute(a, b, ...names.map((name) => Math[name as 'max']));
}
