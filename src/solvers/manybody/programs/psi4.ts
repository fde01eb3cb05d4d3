/** Psi4, from 1.3 on: any method and basis that it has, ghosts, point charges, derivatives. */
import type { TaskMolecule } from '../task.js';
import { atomsOf, coordinates, refuseHessianByCharges } from './atoms.js';
import { lastWords, ownWords, ProgramFailure } from './failure.js';
import { checkedResult } from './numbers.js';
import type { Program, Remains } from './program.js';
import { psi4Driver } from './psi4-driver.js';

const name = 'psi4';

export const psi4: Program = {
  name,
  prepare({ molecule, spec, driver }, { threads, memoryBytes }) {
    refuseHessianByCharges(name, molecule, driver);
    const { function_kwargs: functionKwargs = {}, ...options } = spec.keywords;
    const task = {
      ...{ driver, method: spec.method.toLowerCase(), molecule: moleculeText(molecule), threads },
      options: { ...(spec.basis !== undefined && { basis: spec.basis }), ...options },
      function_kwargs: functionKwargs,
      charges: molecule.pointCharges.map(({ charge, position }) => [charge, position]),
      memory: Math.round(memoryBytes),
    };
    return {
      argv: [name, '-i', 'input.dat', '-o', 'output.dat', '-n', String(threads), '-s', '.'],
      files: { 'input.dat': psi4Driver, 'task.json': `${JSON.stringify(task, undefined, 1)}\n` },
      input: 'task.json',
      variables: { OMP_NUM_THREADS: String(threads), MKL_NUM_THREADS: String(threads) },
    };
  },
  parse(calculation, remains) {
    const text = remains.file('result.json')?.toString();
    const said = remains.file('output.dat')?.toString() ?? '';
    if (remains.exitCode !== 0 || text === undefined) throw failureOf(remains, said);
    const { version, ...values } = parsed(text);
    const { energy, gradient, hessian } = values;
    const result = {
      energy: Number(energy ?? Number.NaN),
      ...(gradient && { gradient: Float64Array.from(gradient) }),
      ...(hessian && { hessian: Float64Array.from(hessian) }),
    };
    return {
      version: version ?? '',
      result: checkedResult(result, calculation.driver, calculation.molecule),
    };
  },
};

interface Psi4Result {
  readonly version?: string;
  readonly energy?: number;
  readonly gradient?: readonly number[];
  readonly hessian?: readonly number[];
}

/** JSON whose last bracket is missing is no JSON. Python writes NaN without quotes. */
function parsed(text: string): Psi4Result {
  if (/\b(NaN|-?Infinity)\b/.test(text)) {
    throw new ProgramFailure('NotANumber', 'the result of Psi4 has NaN or Infinity in it');
  }
  try {
    return JSON.parse(text) as Psi4Result;
  } catch {
    throw new ProgramFailure('OutputIncomplete', 'the file result.json of Psi4 is cut');
  }
}

function moleculeText(molecule: TaskMolecule): string {
  const atoms = atomsOf(molecule).map(
    ({ symbol, isGhost, position }) => `${isGhost ? '@' : ''}${symbol} ${coordinates(position)}`,
  );
  const { charge, multiplicity } = molecule;
  return [
    `${charge} ${multiplicity}`,
    ...atoms,
    ...['units bohr', 'no_com', 'no_reorient', 'symmetry c1', ''],
  ].join('\n');
}

function failureOf({ stdout, stderr, exitCode }: Remains, said: string): ProgramFailure {
  const words = ownWords(
    [stderr, stdout, said],
    [
      /(Could not converge .*)/,
      /^(?:\w+\.)+(\w+: .*)$/m,
      /^(\w*(?:Error|Exception): .*)$/m,
      /^\s*(Fatal Error: .*)$/m,
    ],
  );
  if (words === undefined && exitCode === 0) {
    return new ProgramFailure('OutputIncomplete', 'Psi4 ended without a result');
  }
  const type = words !== undefined && /converge/i.test(words) ? 'NotConverged' : 'ProgramError';
  return new ProgramFailure(type, words ?? lastWords(stderr, said, stdout));
}
