/** xtb of the Grimme group: GFN0, GFN1, GFN2 and the force field GFN-FF. */
import type { CalculationSpec, TaskMolecule } from '../task.js';
import { atomsOf, coordinates, numberText, refuseGhosts, refuseHessianByCharges } from './atoms.js';
import { lastWords, ownWords, ProgramFailure } from './failure.js';
import { type KeywordRule, keywordWords } from './keywords.js';
import { checkedResult, numberOf, numbersOf, wordsOf } from './numbers.js';
import type { Calculation, Program, Remains } from './program.js';
import { withRigidMotions } from './rigid-motions.js';
import { type Axes, axesFor, matrixTurnedBack, turned, turnedBack } from './xtb-axes.js';

const name = 'xtb';

const methods: Readonly<Record<string, readonly string[]>> = {
  'gfn0-xtb': ['--gfn', '0'],
  'gfn1-xtb': ['--gfn', '1'],
  'gfn2-xtb': ['--gfn', '2'],
  'gfn-ff': ['--gfnff'],
};

const keywordRules: Readonly<Record<string, KeywordRule>> = {
  accuracy: { kind: 'number', write: (value) => ['--acc', String(value)] },
  max_iterations: { kind: 'number', write: (value) => ['--iterations', String(value)] },
  electronic_temperature: { kind: 'number', write: (value) => ['--etemp', String(value)] },
  alpb: { kind: 'text', write: (value) => ['--alpb', value] },
  gbsa: { kind: 'text', write: (value) => ['--gbsa', value] },
};

const driverWords = { energy: [], gradient: ['--grad'], hessian: ['--hess', '--grad'] } as const;

export const xtb: Program = {
  name,
  prepare({ molecule, spec, driver }, { threads }) {
    refuseGhosts(name, molecule);
    refuseHessianByCharges(name, molecule, driver);
    const { charge, multiplicity, pointCharges } = molecule;
    const embedding = pointCharges.length > 0;
    const axes = axesFor(molecule);
    return {
      argv: [
        ...[name, 'coord', ...methodWords(spec), ...driverWords[driver]],
        ...['--chrg', String(charge), '--uhf', String(multiplicity - 1), '--norestart'],
        ...keywordWords(spec, keywordRules),
        ...(embedding ? ['--input', 'xcontrol'] : []),
      ],
      files: {
        coord: coordText(molecule, axes),
        ...(embedding && {
          xcontrol: '$embedding\n input=pcharge\n$end\n',
          pcharge: chargesText(molecule, axes),
        }),
      },
      input: 'coord',
      // A second number says how deep parallel regions may nest.
      variables: {
        OMP_NUM_THREADS: `${threads},1`,
        MKL_NUM_THREADS: String(threads),
        OMP_STACKSIZE: '256M',
      },
    };
  },
  parse(calculation, remains) {
    const { stdout, stderr } = remains;
    if (!/^normal termination of xtb/m.test(stderr) && !isHessianWhole(calculation, remains)) {
      throw failureOf(remains);
    }
    const version = /xtb version (\S+)/.exec(stdout)?.[1];
    const energy = (/\| TOTAL ENERGY\s+(\S+) Eh/.exec(stdout) ??
      /:: total energy\s+(\S+) Eh/.exec(stdout))?.[1];
    if (version === undefined || energy === undefined) {
      throw new ProgramFailure('OutputIncomplete', 'xtb printed no total energy');
    }
    const result = { energy: numberOf(energy, 'the energy'), ...derivativesOf(calculation, remains) };
    return { version, result: checkedResult(result, calculation.driver, calculation.molecule) };
  },
};

function methodWords({ method }: CalculationSpec): readonly string[] {
  const words = methods[method.toLowerCase()];
  if (words) return words;
  const known = 'GFN0-xTB, GFN1-xTB, GFN2-xTB, GFN-FF';
  throw new ProgramFailure('Unsupported', `xtb has no method ${method}; it has ${known}`);
}

/**
 * With linear molecules xtb 6.5 destroys its stack when it describes vibrations, long after it has written the Hessian:
 * one that is whole counts.
 */
function isHessianWhole({ molecule, driver }: Calculation, { file }: Remains): boolean {
  const text = file('hessian')?.toString() ?? '';
  return (
    driver === 'hessian' &&
    text.endsWith('\n') &&
    wordsOf(text).length === 1 + 9 * molecule.symbols.length ** 2
  );
}

function coordText(molecule: TaskMolecule, axes: Axes): string {
  const geometry = turned(molecule.geometry, axes);
  const lines = atomsOf({ ...molecule, geometry }).map(
    ({ symbol, position }) => `${coordinates(position)} ${symbol.toLowerCase()}`,
  );
  return `$coord\n${lines.join('\n')}\n$end\n`;
}

/** The last number is the hardness of the charge, hartree: this large, it is a point. */
function chargesText({ pointCharges }: TaskMolecule, axes: Axes): string {
  const lines = pointCharges.map(({ charge, position }) => {
    const place = [...turned(Float64Array.from(position), axes)];
    return `${numberText(charge)} ${coordinates(place)} 99.0`;
  });
  return `${pointCharges.length}\n${lines.join('\n')}\n`;
}

function failureOf({ exitCode, stdout, stderr }: Remains): ProgramFailure {
  const words = ownWords([stdout], [/^-\d- (scf: .*)$/m, /\*\*\* (.*not.*) \*\*\*/, /^-1- (.*)$/m]);
  if (words === undefined && exitCode === 0) {
    return new ProgramFailure('OutputIncomplete', `xtb did not say that it ended: ${lastWords(stdout)}`);
  }
  const type = words !== undefined && /converge/.test(words) ? 'NotConverged' : 'ProgramError';
  return new ProgramFailure(type, words ?? lastWords(stderr, stdout));
}

function derivativesOf({ molecule, driver }: Calculation, { file }: Remains) {
  const atoms = molecule.symbols.length;
  switch (driver) {
    case 'energy':
      return {};
    case 'gradient':
      return { gradient: turnedBack(gradientIn(file, atoms), axesFor(molecule)) };
    case 'hessian': {
      const axes = axesFor(molecule);
      const words = wordsOf((file('hessian')?.toString() ?? '').replace(/^\$hessian/, ''));
      const projected = numbersOf(words, 9 * atoms * atoms, 'the Hessian');
      const gradient = turnedBack(gradientIn(file, atoms), axes);
      const hessian = matrixTurnedBack(projected, 3 * atoms, axes);
      return { gradient, hessian: withRigidMotions(hessian, molecule.geometry, gradient) };
    }
    default:
      return driver satisfies never;
  }
}

function gradientIn(file: Remains['file'], atoms: number): Float64Array {
  const lines = wholeFile(file('gradient'), 'gradient').slice(2 + atoms, -1);
  return numbersOf(lines.flatMap(wordsOf), 3 * atoms, 'the gradient');
}

/** Lines of a file in Turbomole's format, whose last one says that it is whole. */
function wholeFile(content: Buffer | undefined, fileName: string): string[] {
  const lines = (content?.toString() ?? '').trimEnd().split('\n');
  if (lines.at(-1)?.trim() === '$end') return lines;
  throw new ProgramFailure('OutputIncomplete', `the file ${fileName} of xtb is missing or cut`);
}
