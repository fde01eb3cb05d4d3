/** Syntax trees to formulas: every name is checked against what the study has, every shape and argument count too. */
import type { Expression } from 'jsep';
import { InputError } from '../../errors/input-error.js';
import { suggestion } from '../nearest.js';
import { constants, functions, type Operation, operators } from './operations.js';
import { parseExpression } from './parse.js';

/** A scalar formula over slots: a slot is one element of one numeric column. */
export type Formula =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'slot'; readonly slot: number }
  | { readonly kind: 'apply'; readonly operation: Operation; readonly arguments: readonly Formula[] };

/** A column that expressions may name. `isVector` tells a column of shape [1] from a scalar. */
export interface Variable {
  readonly slots: readonly number[];
  readonly isVector: boolean;
}

/** Names and what they stand for; a name that is known but no number (a text column) has no slots. */
export type Scope = ReadonlyMap<string, Variable>;

/**
 * The formulas of an expression: one for a scalar, one an element when it names a whole vector (all vectors in one
 * expression have the same length and are taken element by element). Throws InputError.
 */
export function resolveExpression(
  text: string,
  scope: Scope,
): { readonly formulas: readonly Formula[]; readonly isVector: boolean } {
  const tree = parseExpression(text);
  const length = vectorLength(tree, scope);
  const elements = Array.from({ length: length ?? 1 }, (_, element) =>
    toFormula(tree, { scope, text, element }),
  );
  return { formulas: elements, isVector: length !== undefined };
}

/** Names of columns that an expression uses, in order of appearance; names that mean nothing are among them. */
export function namesIn(text: string): readonly string[] {
  const names = new Set<string>();
  visit(parseExpression(text), (node) => {
    if (node.type === 'Identifier' && !((node.name as string) in constants)) names.add(node.name as string);
  });
  return [...names];
}

interface Context {
  readonly scope: Scope;
  readonly text: string;
  readonly element: number;
}

function toFormula(node: Expression, context: Context): Formula {
  const { scope, text } = context;
  switch (node.type) {
    case 'Literal':
      if (typeof node.value !== 'number') throw refused(text, `the text ${String(node.raw)}`);
      return { kind: 'number', value: node.value };
    case 'Identifier': {
      const name = node.name as string;
      const variable = scope.get(name);
      if (variable) return slot(variable.slots[variable.isVector ? context.element : 0]!);
      const constant = Object.hasOwn(constants, name) ? constants[name] : undefined;
      if (constant === undefined) throw unknownName(name, text, [...scope.keys(), ...Object.keys(constants)]);
      return { kind: 'number', value: constant };
    }
    case 'MemberExpression':
      return slot(elementSlot(node, scope, text));
    case 'UnaryExpression':
      return apply(operators[`unary ${String(node.operator)}`]!, [node.argument as Expression], context);
    case 'BinaryExpression':
      return apply(
        operators[String(node.operator)]!,
        [node.left as Expression, node.right as Expression],
        context,
      );
    case 'ConditionalExpression':
      return apply(
        operators['?:']!,
        [node.test as Expression, node.consequent as Expression, node.alternate as Expression],
        context,
      );
    case 'CallExpression': {
      const parameters = node.arguments as Expression[];
      return apply(calledFunction(node, parameters.length, text), parameters, context);
    }
    case 'ThisExpression':
      throw unknownName('this', text, scope.keys());
    case 'Compound':
    case 'SequenceExpression':
      throw new InputError('More than one expression', { given: `'${text}'` });
    case 'ArrayExpression':
      throw refused(text, 'a list inside an expression', 'Write one expression for each element');
    default:
      throw refused(text, node.type);
  }
}

function slot(number: number): Formula {
  return { kind: 'slot', slot: number };
}

/** Folds what is constant, so that bounds and speed see one number. */
function apply(operation: Operation, nodes: readonly Expression[], context: Context): Formula {
  const formulas = nodes.map((node) => toFormula(node, context));
  const pairs = operation.maximumArguments === Number.POSITIVE_INFINITY;
  if (pairs && formulas.length > 2) {
    return formulas.reduce((left, right) => fold(operation, [left, right]));
  }
  return fold(operation, formulas);
}

function fold(operation: Operation, formulas: readonly Formula[]): Formula {
  const values = formulas.map((formula) => (formula.kind === 'number' ? formula.value : undefined));
  if (values.includes(undefined)) return { kind: 'apply', operation, arguments: formulas };
  const [a = 0, b = 0, c = 0] = values;
  return { kind: 'number', value: operation.compute(a, b, c) };
}

function calledFunction(node: Expression, count: number, text: string): Operation {
  const callee = node.callee as Expression;
  const name = callee.type === 'Identifier' ? (callee.name as string) : undefined;
  if (name === undefined) throw refused(text, 'a call of something that is no function name');
  const called = Object.hasOwn(functions, name) ? functions[name]! : undefined;
  if (!called) {
    throw new InputError(`Unknown function ${name}()`, {
      given: `'${text}'`,
      hint: suggestion(name, Object.keys(functions)) ?? `Known: ${Object.keys(functions).join(', ')}`,
    });
  }
  if (count < called.minimumArguments || count > called.maximumArguments) {
    const atLeast = called.maximumArguments === Number.POSITIVE_INFINITY ? 'at least ' : '';
    throw new InputError(`Wrong number of arguments for ${name}()`, {
      expected: `${atLeast}${called.minimumArguments}`,
      given: `${count} in '${text}'`,
    });
  }
  return called;
}

function elementSlot(node: Expression, scope: Scope, text: string): number {
  const object = node.object as Expression;
  const property = node.property as Expression;
  if (!node.computed || object.type !== 'Identifier') throw refused(text, 'access to a member');
  const name = object.name as string;
  const variable = scope.get(name);
  if (!variable) throw unknownName(name, text, scope.keys());
  if (!variable.isVector)
    throw new InputError(`${name} is a single number and has no elements`, { given: `'${text}'` });
  const index = property.type === 'Literal' ? property.value : undefined;
  const found = typeof index === 'number' ? variable.slots[index] : undefined;
  if (found === undefined) {
    throw new InputError(`No such element of ${name}`, {
      expected: `a whole number from 0 to ${variable.slots.length - 1} in the brackets`,
      given: `'${text}'`,
    });
  }
  return found;
}

/** Length of the vectors that the tree names as a whole, or undefined when it names none. */
function vectorLength(tree: Expression, scope: Scope): number | undefined {
  let first: { name: string; length: number } | undefined;
  visit(tree, (node, isElementOf) => {
    const variable = node.type === 'Identifier' && !isElementOf ? scope.get(node.name as string) : undefined;
    if (!variable?.isVector) return;
    const here = { name: node.name as string, length: variable.slots.length };
    if (first && first.length !== here.length) {
      throw new InputError('Vectors of different length in one expression', {
        expected: `${first.length} elements, as in ${first.name}`,
        given: `${here.length} in ${here.name}`,
      });
    }
    first ??= here;
  });
  return first?.length;
}

/** Calls `see` for every node that stands for a value; `isElementOf` marks the vector in `vector[0]`. */
function visit(
  node: Expression,
  see: (node: Expression, isElementOf: boolean) => void,
  isElementOf = false,
): void {
  see(node, isElementOf);
  for (const key of ['left', 'right', 'argument', 'test', 'consequent', 'alternate'] as const) {
    const child = node[key];
    if (child && typeof child === 'object') visit(child as Expression, see);
  }
  for (const child of [...list(node.arguments), ...list(node.elements), ...list(node.body)])
    visit(child, see);
  if (node.type === 'MemberExpression') visit(node.object as Expression, see, true);
}

function list(children: Expression[string]): Expression[] {
  return Array.isArray(children) ? (children.filter(Boolean) as Expression[]) : [];
}

function unknownName(name: string, text: string, known: Iterable<string>): InputError {
  const hint = Object.hasOwn(functions, name)
    ? `${name} is a function: write ${name}(…)`
    : suggestion(name, known);
  return new InputError(`Unknown name ${name} in an expression`, {
    given: `'${text}'`,
    ...(hint && { hint }),
  });
}

function refused(text: string, what: string, hint?: string): InputError {
  return new InputError('Not possible in an expression', {
    expected: 'numbers, names, operators and functions',
    given: `${what} in '${text}'`,
    ...(hint && { hint }),
  });
}
