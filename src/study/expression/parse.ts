/**
 * Expressions of derived parameters: text to syntax tree. The grammar is jsep's, cut down to numbers, names, calls,
 * element access, and the operators below; `**` and its synonym `^` bind tighter than a sign in front of them and
 * associate to the right, as on paper: -2^2 is -4 and 2^3^2 is 512.
 */
import ternary from '@jsep-plugin/ternary';
import jsep, { type Expression } from 'jsep';
import { InputError } from '../../errors/input-error.js';

export const expressionLengthLimit = 1000;
const nestingLimit = 50;

const binaryPrecedence = {
  '||': 1,
  '&&': 2,
  '==': 6,
  '!=': 6,
  '<': 7,
  '>': 7,
  '<=': 7,
  '>=': 7,
  '+': 9,
  '-': 9,
  '*': 10,
  '/': 10,
  '%': 10,
};

configure();

/** Throws InputError with the text, and the column where it ends to make sense. */
export function parseExpression(text: string): Expression {
  if (text.trim() === '') throw new InputError('Empty expression');
  if (text.length > expressionLengthLimit) {
    throw new InputError(`Expression too long: at most ${expressionLengthLimit} characters`, {
      given: `${text.length} characters`,
    });
  }
  refuseDeepNesting(text);
  try {
    return jsep(text);
  } catch (error) {
    const { index, description } = error as { index?: number; description?: string };
    const place = index === undefined ? '' : ` at character ${index + 1}`;
    throw new InputError(`Expression cannot be read${place}: ${description ?? String(error)}`, {
      given: `'${text}'`,
    });
  }
}

/** Bounds the recursion of the parser and of all that walks its trees; the length bounds the rest. */
function refuseDeepNesting(text: string): void {
  let depth = 0;
  for (const character of text) {
    if (character === '(' || character === '[') depth++;
    if (character === ')' || character === ']') depth--;
    if (depth > nestingLimit) {
      throw new InputError(
        `Expression nested too deeply: at most ${nestingLimit} brackets inside each other`,
      );
    }
  }
}

function configure(): void {
  jsep.removeAllUnaryOps();
  jsep.removeAllBinaryOps();
  jsep.removeAllLiterals();
  for (const [operator, precedence] of Object.entries(binaryPrecedence)) {
    jsep.addBinaryOp(operator, precedence);
  }
  jsep.plugins.register(ternary);
  jsep.hooks.add('gobble-token', function (environment) {
    if (/[\d.]/.test(this.char)) {
      // jsep returns numbers without calling the hook that looks for a power behind them.
      environment.node = this.gobbleNumericLiteral() as Expression;
    } else if (this.char !== '' && '-+!'.includes(this.char)) {
      const operator = this.char;
      this.index++;
      const argument = this.gobbleToken();
      if (!argument) this.throwError(`Expected a value behind ${operator}`);
      environment.node = { type: 'UnaryExpression', operator, argument, prefix: true };
    }
  });
  jsep.hooks.add('after-token', function (environment) {
    const left = environment.node;
    if (!left) return;
    this.gobbleSpaces();
    const isStars = this.expr.startsWith('**', this.index);
    if (!isStars && this.char !== '^') return;
    this.index += isStars ? 2 : 1;
    const right = this.gobbleToken();
    if (!right) this.throwError('Expected an exponent');
    environment.node = { type: 'BinaryExpression', operator: '**', left, right };
  });
}
