/** A many-body expansion as asked for, after all checks: nothing is optional that has a default. Plain data. */
import type { CalculationSpec, Driver } from './task.js';

/** Treatments of the basis-set superposition error: none, Boys–Bernardi, Valiron–Mayer. */
export type Bsse = 'nocp' | 'cp' | 'vmfc';

export interface ManyBodyInput {
  readonly name: string;
  readonly molecule: FragmentedMolecule;
  readonly driver: Driver;
  /** Without repetition; the first decides what is returned. */
  readonly bsse: readonly Bsse[];
  /** In ascending order of bodies, without gaps from 1 to `maxNbody`; the supersystem last. */
  readonly levels: readonly Level[];
  readonly maxNbody: number;
  /** Whether the total is returned, and not the interaction of the fragments. */
  readonly returnTotalData: boolean;
  /** Whether only monomers and the whole cluster are computed. */
  readonly supersystemIeOnly: boolean;
  /** For each fragment the charges of its atoms, in e. */
  readonly embeddingCharges?: readonly (readonly number[])[];
  readonly cutoffs?: Cutoffs;
  readonly screening?: Screening;
  /** By model chemistry; all that the levels name. */
  readonly specifications: Readonly<Record<string, CalculationSpec>>;
  /** The input as QCSchema, for the result to carry. */
  readonly document: SchemaDocument;
}

export interface SchemaDocument {
  /** Version of QCSchema that the user speaks. What came as YAML is shown as version 2. */
  readonly version: 1 | 2;
  readonly value: Readonly<Record<string, unknown>>;
}

/** One level of theory and the n-body contributions that come from it. */
export type Level =
  | { readonly kind: 'bodies'; readonly modelChemistry: string; readonly nbodies: readonly number[] }
  /** All that the expansion does not reach, from the whole cluster at this level. */
  | { readonly kind: 'supersystem'; readonly modelChemistry: string };

/** Atomic units; atoms in the order of the input, fragments in that of their numbers. */
export interface FragmentedMolecule {
  readonly symbols: readonly string[];
  /** `[atoms, 3]` row-major, bohr. */
  readonly geometry: Float64Array;
  /** Atoms that are ghosts in every calculation: basis functions only. */
  readonly isGhost: readonly boolean[];
  /** Atoms of each fragment, ascending, from 0. They need not be neighbours; each atom is in one fragment. */
  readonly fragments: readonly (readonly number[])[];
  readonly charges: readonly number[];
  readonly multiplicities: readonly number[];
  /** Of all fragments together; may be lower than that of parallel spins. */
  readonly multiplicity: number;
}

/** Which n-mers are left out because their fragments are far apart. */
export interface Cutoffs {
  /** For each number of bodies the longest distance between two of its fragments, bohr; none for those not named. */
  readonly distances: Readonly<Record<number, number>>;
  /** Between the nearest atoms of two fragments, or between the means of their atoms' places. */
  readonly measure: 'atoms' | 'centres';
}

/** Which n-mers are left out because a cheaper level of theory says that they contribute little. */
export interface Screening {
  /** Least absolute contribution that is worth a calculation, hartree. */
  readonly threshold: number;
  /** Contributions to the energy at the cheaper level, hartree, by fragments as in `1,4,7`. */
  readonly contributions: Readonly<Record<string, number>>;
}
