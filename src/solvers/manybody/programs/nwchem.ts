/** NWChem: Hartree–Fock, density functionals, MP2, coupled clusters; ghosts and point charges. */
import type { CalculationSpec, Driver, TaskMolecule } from '../task.js';
import { atomsOf, coordinates, numberText, refuseHessianByCharges } from './atoms.js';
import { lastWords, ownWords, ProgramFailure } from './failure.js';
import { checkedResult, fromLowerTriangle, numbersOf, wordsOf } from './numbers.js';
import { databaseDoubles } from './nwchem-database.js';
import type { Program, Remains } from './program.js';

const name = 'nwchem';

/** Theories of the same name in `task`; whatever else a method is called is a functional of `dft`. */
const theories: Readonly<Record<string, string>> = {
  ...{ hf: 'scf', scf: 'scf', mp2: 'mp2', ccsd: 'ccsd', 'ccsd(t)': 'ccsd(t)' },
};

export const nwchem: Program = {
  name,
  prepare({ molecule, spec, driver }, { threads, memoryBytes }) {
    refuseHessianByCharges(name, molecule, driver);
    return {
      argv: [name, 'task.nw'],
      files: { 'task.nw': inputText(molecule, spec, driver, memoryBytes) },
      input: 'task.nw',
      variables: {
        ...{ OMP_NUM_THREADS: String(threads), OPENBLAS_NUM_THREADS: String(threads) },
        // A rank of its own job, which must not look for cores that other tasks have.
        ...{ OMPI_MCA_hwloc_base_binding_policy: 'none', OMPI_MCA_btl_base_warn_component_unused: '0' },
        // Programs of tasks run as whoever runs the study.
        ...{ OMPI_ALLOW_RUN_AS_ROOT: '1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1' },
      },
    };
  },
  parse({ molecule, driver }, remains) {
    const { stdout, exitCode, file } = remains;
    const database = file('task.db');
    if (exitCode !== 0 || !/^ Total times {2}cpu:.*s$/m.test(stdout)) throw failureOf(remains);
    const energy = database && databaseDoubles(database, 'task:energy')?.[0];
    if (!database || energy === undefined) {
      throw new ProgramFailure('OutputIncomplete', 'the database of NWChem has no energy');
    }
    const gradient = driver === 'gradient' ? databaseDoubles(database, 'task:gradient') : undefined;
    const result = {
      ...{ energy, ...(gradient && { gradient }) },
      ...(driver === 'hessian' && { hessian: hessianOf(file('task.hess'), 3 * molecule.symbols.length) }),
    };
    const version = /\(NWChem\) (\S+)/.exec(stdout)?.[1] ?? '';
    return { version, result: checkedResult(result, driver, molecule) };
  },
};

function inputText(
  molecule: TaskMolecule,
  spec: CalculationSpec,
  driver: Driver,
  memoryBytes: number,
): string {
  const method = spec.method.toLowerCase();
  if (!/^[\w()+*./-]+$/.test(method)) {
    throw new ProgramFailure('Unsupported', `nwchem has no method '${spec.method}'`);
  }
  if (spec.basis === undefined || /["\n]/.test(spec.basis)) {
    throw new ProgramFailure('Unsupported', 'nwchem needs a basis set: `basis` of the specification');
  }
  const theory = theories[method] ?? 'dft';
  const atoms = atomsOf(molecule).map(
    ({ symbol, isGhost, position }) => ` ${isGhost ? 'bq' : ''}${symbol} ${coordinates(position)}`,
  );
  const charges = molecule.pointCharges.map(
    ({ charge, position }) => ` ${coordinates(position)} ${numberText(charge)}`,
  );
  return [
    ...['start task', `memory total ${Math.round(memoryBytes / 2 ** 20)} mb`, `charge ${molecule.charge}`],
    ...['geometry units au noautosym noautoz nocenter noprint', ...atoms, 'end'],
    ...(charges.length > 0 ? ['bq units au', ...charges, 'end'] : []),
    ...['basis spherical noprint', ` * library "${spec.basis}"`, ...ghostBases(molecule, spec.basis), 'end'],
    ...blocksOf(method, theory, molecule, spec),
    `task ${theory} ${driver}`,
    '',
  ].join('\n');
}

/** The star of a basis does not stand for ghosts, which would silently have none. */
function ghostBases(molecule: TaskMolecule, basis: string): string[] {
  const ghosts = atomsOf(molecule).filter(({ isGhost }) => isGhost);
  const symbols = [...new Set(ghosts.map(({ symbol }) => symbol))];
  return symbols.map((symbol) => ` bq${symbol} library ${symbol} "${basis}"`);
}

/**
 * Keywords are directives, `block__directive` for one in a block: `{ scf__thresh: 1e-8, dft__grid: fine }`. A directive
 * that is `true` stands alone; one that is false is left out.
 */
function blocksOf(
  method: string,
  theory: string,
  { multiplicity }: TaskMolecule,
  { keywords }: CalculationSpec,
): string[] {
  const blocks = new Map<string, string[]>();
  const add = (block: string, line: string): void => {
    blocks.set(block, [...(blocks.get(block) ?? []), line]);
  };
  if (theory === 'dft') {
    add('dft', `xc ${method}`);
    add('dft', `mult ${multiplicity}`);
  } else if (multiplicity > 1) {
    add('scf', `nopen ${multiplicity - 1}`);
    if (theory === 'scf' || theory === 'mp2') add('scf', 'uhf');
  }
  for (const [key, value] of Object.entries(keywords)) {
    if (!/^[\w-]+(__[\w-]+)*$/.test(key) || /\n/.test(String(value))) {
      throw new ProgramFailure('Unsupported', `nwchem cannot have the keyword '${key}'`);
    }
    if (value === false) continue;
    const [block = '', ...words] = key.split('__');
    const line = [...words, ...(value === true ? [] : [valueText(value)])].join(' ');
    add(words.length > 0 ? block : '', words.length > 0 ? line : `${block} ${line}`.trim());
  }
  return [...blocks].flatMap(([block, lines]) =>
    block === '' ? lines : [block, ...lines.map((line) => ` ${line}`), 'end'],
  );
}

function valueText(value: unknown): string {
  return Array.isArray(value) ? value.map(String).join(' ') : String(value);
}

/** The lower triangle, a number a line. */
function hessianOf(content: Buffer | undefined, size: number): Float64Array {
  const words = wordsOf(content?.toString() ?? '');
  return fromLowerTriangle(numbersOf(words, (size * (size + 1)) / 2, 'the Hessian'), size);
}

function failureOf({ stdout, stderr, exitCode }: Remains): ProgramFailure {
  const words = ownWords(
    [stdout, stderr],
    [
      /^\s*(Calculation failed to converge)/m,
      /^.*ARMCI Error: \d+:(.*?):?$/m,
      /^ -{60,}\n ([^\n-].*?) +-?\d*$/m,
    ],
  );
  if (words === undefined && exitCode === 0) {
    return new ProgramFailure('OutputIncomplete', 'the output of NWChem ends before its last line');
  }
  const type = words !== undefined && /converge/.test(words) ? 'NotConverged' : 'ProgramError';
  return new ProgramFailure(type, words ?? lastWords(stdout, stderr));
}
