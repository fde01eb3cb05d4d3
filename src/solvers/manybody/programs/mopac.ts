/** MOPAC: semi-empirical methods. Its energy is the heat of formation, as in QCEngine. */
import { bohrInAngstrom } from '../elements.js';
import type { CalculationSpec, Driver, TaskMolecule } from '../task.js';
import { atomsOf, coordinates, hartreeInKcal, refuseGhosts, refusePointCharges } from './atoms.js';
import { lastWords, ownWords, ProgramFailure, unsupported } from './failure.js';
import { type KeywordRule, keywordWords } from './keywords.js';
import { mopacHessian } from './mopac-hessian.js';
import { checkedResult, numberOf, numbersOf, wordsOf } from './numbers.js';
import type { Program, Remains } from './program.js';

const name = 'mopac';

const methods = ['MNDO', 'AM1', 'PM3', 'RM1', 'MNDOD', 'PM6', 'PM6-D3', 'PM6-DH+', 'PM6-D3H4', 'PM7'];
const spins = ['SINGLET', 'DOUBLET', 'TRIPLET', 'QUARTET', 'QUINTET', 'SEXTET', 'SEPTET', 'OCTET', 'NONET'];

const keywordRules: Readonly<Record<string, KeywordRule>> = {
  itry: { kind: 'number', write: (value) => [`ITRY=${value}`] },
  relscf: { kind: 'number', write: (value) => [`RELSCF=${value}`] },
  scfcrt: { kind: 'number', write: (value) => [`SCFCRT=${value}`] },
  shift: { kind: 'number', write: (value) => [`SHIFT=${value}`] },
  eps: { kind: 'number', write: (value) => [`EPS=${value}`] },
  uhf: { kind: 'flag', write: () => ['UHF'] },
  pulay: { kind: 'flag', write: () => ['PULAY'] },
  precise: { kind: 'flag', write: () => ['PRECISE'] },
};

export const mopac: Program = {
  name,
  prepare({ molecule, spec, driver }, { threads }) {
    refuseGhosts(name, molecule);
    refusePointCharges(name, molecule);
    return {
      argv: [name, 'task.mop'],
      files: { 'task.mop': inputText(molecule, spec, driver, threads) },
      input: 'task.mop',
      variables: { OMP_NUM_THREADS: String(threads), MKL_NUM_THREADS: String(threads) },
    };
  },
  parse({ molecule, driver }, remains) {
    const printed = remains.file('task.out')?.toString() ?? '';
    const text = remains.file('task.aux')?.toString() ?? '';
    const problem = problemOf(printed);
    if (problem) throw problem;
    if (text.trimEnd().split('\n').at(-1)?.trim() !== 'END OF MOPAC PROGRAM')
      throw incomplete(remains, printed);
    const energy = /^ HEAT_OF_FORMATION:KCAL\/MOL=(.*)$/m.exec(text)?.[1];
    const gradient = gradientText(text, molecule);
    if (energy === undefined || gradient === undefined) throw incomplete(remains, printed);
    const result = {
      energy: numberOf(energy, 'the heat of formation') / hartreeInKcal,
      gradient: numbersOf(wordsOf(gradient), 3 * molecule.symbols.length, 'the gradient').map(
        (value) => (value * bohrInAngstrom) / hartreeInKcal,
      ),
      ...(driver === 'hessian' && { hessian: mopacHessian(text, molecule) }),
    };
    const version = /^ MOPAC_VERSION=(\S+)/m.exec(text)?.[1] ?? '';
    return { version, result: checkedResult(result, driver, molecule) };
  },
};

/** MOPAC reads a digit behind each coordinate: 1 says that it is free, so that its derivative is printed. */
function inputText(molecule: TaskMolecule, spec: CalculationSpec, driver: Driver, threads: number): string {
  const method = spec.method.toUpperCase();
  if (!methods.includes(method)) {
    throw new ProgramFailure(
      'Unsupported',
      `mopac has no method ${spec.method}; it has ${methods.join(', ')}`,
    );
  }
  const spin = spins[molecule.multiplicity - 1];
  if (spin === undefined) throw unsupported(name, `multiplicity ${molecule.multiplicity}`, 'at most 9');
  const words = [
    ...[method, ...taskWords(molecule, driver), 'GRADIENTS', 'AUX(PRECISION=14)'],
    ...[`CHARGE=${molecule.charge}`, spin],
    ...(molecule.multiplicity > 1 && spec.keywords.uhf === undefined ? ['UHF'] : []),
    ...[`THREADS=${threads}`, 'NOSYM', ...keywordWords(spec, keywordRules)],
  ];
  const lines = atomsOf(molecule).map(({ symbol, position }) =>
    [symbol, ...position.flatMap((value) => [coordinates([value], 1 / bohrInAngstrom), '1'])].join(' '),
  );
  return `${words.join(' ')}\nshoal\n\n${lines.join('\n')}\n`;
}

/** A Hessian is wanted where the gradient is not zero, and in the axes of the input. */
function taskWords({ symbols }: TaskMolecule, driver: Driver): readonly string[] {
  return driver === 'hessian' && symbols.length > 1 ? ['FORCE', 'LET', 'NOREOR'] : ['1SCF'];
}

/** MOPAC leaves the gradient of a lone atom out: nothing acts on it. */
function gradientText(aux: string, { symbols }: TaskMolecule): string | undefined {
  const printed = /^ GRADIENTS:KCAL\/MOL\/ANGSTROM\[\d+\]=\n([^A-Z]*)/m.exec(aux)?.[1];
  return printed ?? (symbols.length === 1 ? '0 0 0' : undefined);
}

/** MOPAC ends with code 0 whatever happened. */
function problemOf(printed: string): ProgramFailure | undefined {
  const notConverged = ownWords([printed], [/^.*(UNABLE TO ACHIEVE SELF-CONSISTENCE.*)$/m]);
  if (notConverged !== undefined) return new ProgramFailure('NotConverged', notConverged);
  const box = /Error and normal termination messages reported in this calculation\s*\*\s*\n([\s\S]*)/.exec(
    printed,
  )?.[1];
  const message = box?.split('\n').map((line) => line.replaceAll('*', '').trim());
  const first = message?.find((line) => line !== '' && line !== 'JOB ENDED NORMALLY');
  return first === undefined || /JOB TIME/.test(first)
    ? undefined
    : new ProgramFailure('ProgramError', first);
}

function incomplete({ exitCode, stderr, stdout }: Remains, printed: string): ProgramFailure {
  if (exitCode === 0) {
    return new ProgramFailure('OutputIncomplete', 'the file task.aux of MOPAC is missing or cut');
  }
  return new ProgramFailure('ProgramError', lastWords(stderr, printed, stdout));
}
