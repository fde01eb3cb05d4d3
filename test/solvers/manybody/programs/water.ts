/** Water molecules, and programs run on them as a worker does. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProgramRunner } from '../../../../src/kernels/program/runner.js';
import { ProgramFinder } from '../../../../src/process/spawn/find-program.js';
import type { ProgramFailure } from '../../../../src/solvers/manybody/programs/failure.js';
import { programOf } from '../../../../src/solvers/manybody/programs/registry.js';
import { type ProgramRun, runProgram } from '../../../../src/solvers/manybody/programs/run.js';
import type { CalculationSpec, Driver, TaskMolecule } from '../../../../src/solvers/manybody/task.js';
import { recordSkip } from '../../../skips.js';

/** bohr; not at its equilibrium and not in a plane of the axes, so that every derivative counts. */
const places = [0, 0.1, 0.22, 0.05, 1.43, -0.88, 0, -1.43, -0.9];

export const water: TaskMolecule = {
  symbols: ['O', 'H', 'H'],
  geometry: Float64Array.from(places),
  isGhost: [false, false, false],
  parents: [0, 1, 2],
  charge: 0,
  multiplicity: 1,
  pointCharges: [],
};

/** The same beside the basis functions of another one. */
export const waterBesideGhost: TaskMolecule = {
  ...water,
  symbols: [...water.symbols, ...water.symbols],
  geometry: Float64Array.from([...places, ...places.map((x, i) => x + (i % 3 === 2 ? 5.5 : 0))]),
  isGhost: [false, false, false, true, true, true],
  parents: [0, 1, 2, 3, 4, 5],
};

export const waterBesideCharge: TaskMolecule = {
  ...water,
  pointCharges: [{ charge: -0.5, position: [0.3, 0.2, 6] }],
};

export function displaced(molecule: TaskMolecule, coordinate: number, by: number): TaskMolecule {
  return { ...molecule, geometry: molecule.geometry.map((x, i) => (i === coordinate ? x + by : x)) };
}

const timeoutMs = 120_000;

/** `environmentPath`: the PATH to look for programs on. */
export async function compute(
  molecule: TaskMolecule,
  spec: CalculationSpec,
  driver: Driver = 'energy',
  limits: { readonly timeoutMs: number } = { timeoutMs },
): Promise<ProgramRun> {
  const folder = mkdtempSync(join(tmpdir(), 'shoal-test-'));
  const runner = new ProgramRunner();
  try {
    return await runProgram(
      runner,
      programOf(spec.program),
      { molecule, spec, driver },
      { threads: 1, memoryBytes: 500 * 2 ** 20 },
      { scratch: join(folder, 'scratch'), ...limits },
    );
  } finally {
    runner.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function failureOf(
  molecule: TaskMolecule,
  spec: CalculationSpec,
  driver: Driver = 'energy',
  limits?: { readonly timeoutMs: number },
): Promise<Pick<ProgramFailure, 'type' | 'message'>> {
  try {
    await compute(molecule, spec, driver, limits);
  } catch (error) {
    const { type, message } = error as ProgramFailure;
    return { type, message };
  }
  throw new Error('the calculation has a result');
}

/** The gradient by the energies of six places a step to either side, whose error is of the fourth order. */
export async function differenceOf(
  molecule: TaskMolecule,
  spec: CalculationSpec,
  coordinate: number,
  step = 0.01,
): Promise<number> {
  const energy = async (by: number) =>
    (await compute(displaced(molecule, coordinate, by), spec)).result.energy;
  const near = (await energy(step)) - (await energy(-step));
  const far = (await energy(2 * step)) - (await energy(-2 * step));
  return (8 * near - far) / (12 * step);
}

/** A row of the Hessian by the gradients of two places a step to either side. */
export async function differencesOf(
  molecule: TaskMolecule,
  spec: CalculationSpec,
  coordinate: number,
  step = 0.005,
): Promise<Float64Array> {
  const gradient = async (by: number): Promise<Float64Array> =>
    (await compute(displaced(molecule, coordinate, by), spec, 'gradient')).result.gradient!;
  const [above, below] = [await gradient(step), await gradient(-step)];
  return above.map((value, i) => (value - below[i]!) / (2 * step));
}

/** False, with a word in the list of what was not checked, on machines without the program. */
export function isThere(program: string): boolean {
  const path = new ProgramFinder(process.env.PATH).find(program, '/');
  if (path !== undefined && existsSync(path)) return true;
  recordSkip(`many-body tasks by ${program}: it is not installed here`);
  return false;
}
