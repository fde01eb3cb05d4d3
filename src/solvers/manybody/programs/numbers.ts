/** From a program's text to numbers, with nothing guessed: what is no number or not there is a failure. */
import type { Driver, TaskMolecule, TaskResult } from '../task.js';
import { ProgramFailure } from './failure.js';

const numberPattern = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][-+]?\d+)?$/;

/** A number in the notation of C or Fortran. `what` names it in the failure. */
export function numberOf(text: string, what: string): number {
  const trimmed = text.trim();
  if (numberPattern.test(trimmed)) return Number(trimmed.replace(/[dD]/, 'e'));
  const type = /^[-+]?(nan|inf|infinity|\*+)$/i.test(trimmed) ? 'NotANumber' : 'OutputIncomplete';
  throw new ProgramFailure(type, `${what} is ${trimmed === '' ? 'empty' : `'${trimmed.slice(0, 60)}'`}`);
}

export function numbersOf(words: readonly string[], count: number, what: string): Float64Array {
  if (words.length !== count) {
    throw new ProgramFailure('OutputIncomplete', `${what} has ${words.length} numbers, not ${count}`);
  }
  return Float64Array.from(words, (word) => numberOf(word, `a number of ${what}`));
}

export function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

/** A symmetric matrix from its lower triangle, row by row. */
export function fromLowerTriangle(triangle: Float64Array, size: number): Float64Array {
  const full = new Float64Array(size * size);
  for (let row = 0, at = 0; row < size; row++) {
    for (let column = 0; column <= row; column++, at++) {
      full[row * size + column] = triangle[at]!;
      full[column * size + row] = triangle[at]!;
    }
  }
  return full;
}

/** The result, once it is sure that it has what the driver asks for and that everything in it is a number. */
export function checkedResult(result: TaskResult, driver: Driver, { symbols }: TaskMolecule): TaskResult {
  const { energy, gradient, hessian } = result;
  const atoms = symbols.length;
  requireFinite('the energy', [energy]);
  requireLength('the gradient', gradient, 3 * atoms, driver === 'gradient');
  requireLength('the Hessian', hessian, 9 * atoms * atoms, driver === 'hessian');
  return result;
}

function requireLength(
  what: string,
  values: Float64Array | undefined,
  length: number,
  isNeeded: boolean,
): void {
  if (!values && !isNeeded) return;
  if (values?.length !== length) {
    const given = values ? `has ${values.length} numbers` : 'is missing';
    throw new ProgramFailure('OutputIncomplete', `${what} ${given}, expected ${length}`);
  }
  requireFinite(what, values);
}

function requireFinite(what: string, values: ArrayLike<number>): void {
  const wrong = Array.prototype.find.call(values, (value: number) => !Number.isFinite(value));
  if (wrong !== undefined) throw new ProgramFailure('NotANumber', `${what} is ${wrong}`);
}
