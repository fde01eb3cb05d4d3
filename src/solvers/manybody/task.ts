/** What one calculation of a many-body expansion is about. */

/** Fragments are numbered from 1 in ascending order, as in the labels of QCManyBody. */
export interface ManyBodyTask {
  /** `["mp2", [1], [1, 2]]`: model chemistry, real fragments, basis fragments; written as Python writes JSON. */
  readonly label: string;
  /** Name of a level of theory: a key of the input's specifications. */
  readonly modelChemistry: string;
  readonly real: readonly number[];
  /** Contains `real`; the others are ghosts: basis functions without nuclei or electrons. */
  readonly basis: readonly number[];
}

/** What a program computes: derivatives of the energy by the places of nuclei. */
export type Driver = 'energy' | 'gradient' | 'hessian';

/** The atoms of a task, in the order of the parent molecule. Atomic units throughout. */
export interface TaskMolecule {
  readonly symbols: readonly string[];
  /** `[atoms, 3]` row-major, bohr. Ghosts are among them. */
  readonly geometry: Float64Array;
  readonly isGhost: readonly boolean[];
  /** Index in the parent of each atom, from 0. */
  readonly parents: readonly number[];
  readonly charge: number;
  readonly multiplicity: number;
  /** Charges of fragments that are not in the basis, under embedding: e and bohr. Empty without. */
  readonly pointCharges: readonly PointCharge[];
}

export interface PointCharge {
  readonly charge: number;
  readonly position: readonly [number, number, number];
}

/** Level of theory of a task, from the input. */
export interface CalculationSpec {
  readonly program: string;
  readonly method: string;
  /** Absent for methods that have none, such as GFN2-xTB. */
  readonly basis?: string;
  readonly keywords: Readonly<Record<string, unknown>>;
  /** What further attempts at a calculation that failed use instead, in their order; the last one stays. */
  readonly further?: readonly CalculationSpec[];
}

/**
 * What came out, for all atoms of the task's molecule, ghosts included. Hartree, hartree/bohr, hartree/bohr².
 * A gradient is `[atoms, 3]`, a Hessian `[3 atoms, 3 atoms]`, row-major.
 */
export interface TaskResult {
  readonly energy: number;
  readonly gradient?: Float64Array;
  readonly hessian?: Float64Array;
}
