/** What expressions can do: one table for checking, computing and bounding. Truth is 1 and 0; NaN counts as false. */

export interface Operation {
  readonly minimumArguments: number;
  /** Infinity for those that take any number; they fold `compute` from the left. */
  readonly maximumArguments: number;
  /** Called with three numbers whatever it takes: `Math.max` and its like would count the spare ones. */
  compute(a: number, b: number, c: number): number;
  /** How the result follows each of its arguments, for bounds; absent when that depends on them. */
  readonly growth?: 'increasing' | 'decreasing';
}

const unary = (compute: (a: number) => number, growth?: Operation['growth']): Operation => ({
  minimumArguments: 1,
  maximumArguments: 1,
  compute,
  ...(growth && { growth }),
});
const binary = (compute: (a: number, b: number) => number, growth?: Operation['growth']): Operation => ({
  minimumArguments: 2,
  maximumArguments: 2,
  compute,
  ...(growth && { growth }),
});
const folded = (compute: (a: number, b: number) => number): Operation => ({
  minimumArguments: 2,
  maximumArguments: Number.POSITIVE_INFINITY,
  compute,
  growth: 'increasing',
});

export const isTrue = (value: number): boolean => value !== 0 && !Number.isNaN(value);
const truth = (is: boolean): number => (is ? 1 : 0);

/** Functions that expressions call by name. */
export const functions: Readonly<Record<string, Operation>> = {
  sqrt: unary(Math.sqrt, 'increasing'),
  exp: unary(Math.exp, 'increasing'),
  log: unary(Math.log, 'increasing'),
  log10: unary(Math.log10, 'increasing'),
  log2: unary(Math.log2, 'increasing'),
  sin: unary(Math.sin),
  cos: unary(Math.cos),
  tan: unary(Math.tan),
  asin: unary(Math.asin, 'increasing'),
  acos: unary(Math.acos, 'decreasing'),
  atan: unary(Math.atan, 'increasing'),
  atan2: binary(Math.atan2),
  sinh: unary(Math.sinh, 'increasing'),
  cosh: unary(Math.cosh),
  tanh: unary(Math.tanh, 'increasing'),
  abs: unary(Math.abs),
  min: folded((a, b) => Math.min(a, b)),
  max: folded((a, b) => Math.max(a, b)),
  floor: unary(Math.floor, 'increasing'),
  ceil: unary(Math.ceil, 'increasing'),
  round: unary(Math.round, 'increasing'),
  sign: unary(Math.sign, 'increasing'),
  hypot: binary((a, b) => Math.hypot(a, b)),
  pow: binary((a, b) => a ** b),
};

/** Operators, by the names that syntax trees use; unary ones carry a prefix because `-` is both. */
export const operators: Readonly<Record<string, Operation>> = {
  '+': binary((a, b) => a + b, 'increasing'),
  '-': binary((a, b) => a - b),
  '*': binary((a, b) => a * b),
  '/': binary((a, b) => a / b),
  '%': binary((a, b) => a % b),
  '**': binary((a, b) => a ** b),
  '==': binary((a, b) => truth(a === b)),
  '!=': binary((a, b) => truth(a !== b)),
  '<': binary((a, b) => truth(a < b)),
  '>': binary((a, b) => truth(a > b)),
  '<=': binary((a, b) => truth(a <= b)),
  '>=': binary((a, b) => truth(a >= b)),
  '&&': binary((a, b) => truth(isTrue(a) && isTrue(b))),
  '||': binary((a, b) => truth(isTrue(a) || isTrue(b))),
  'unary -': unary((a) => -a, 'decreasing'),
  'unary +': unary((a) => a, 'increasing'),
  'unary !': unary((a) => truth(!isTrue(a))),
  '?:': {
    minimumArguments: 3,
    maximumArguments: 3,
    compute: (test, yes, no) => (isTrue(test) ? yes : no),
  },
};

export const constants: Readonly<Record<string, number>> = { pi: Math.PI, e: Math.E };
