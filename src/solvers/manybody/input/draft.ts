/** What both forms of input say, before it is checked as a whole. */
import type { FieldPath, StudyFile } from '../../../study/document/places.js';
import type { Cutoffs, FragmentedMolecule, SchemaDocument, Screening } from '../input.js';
import type { LevelKey } from '../levels.js';
import type { CalculationSpec, Driver } from '../task.js';

export interface Draft {
  readonly name: string;
  readonly molecule: DraftMolecule;
  readonly driver: Driver;
  readonly bsse: readonly string[];
  readonly levels?: ReadonlyMap<LevelKey, string>;
  readonly maxNbody?: number;
  readonly returnTotalData?: boolean;
  readonly supersystemIeOnly: boolean;
  /** By fragment from 1. */
  readonly embeddingCharges?: ReadonlyMap<number, readonly number[]>;
  readonly cutoffs?: Cutoffs;
  readonly screening?: Screening;
  readonly specifications: Readonly<Record<string, CalculationSpec>>;
  /** As QCSchema; built when the molecule is complete, where the user gave another form. */
  document(molecule: FragmentedMolecule): SchemaDocument;
}

export interface DraftMolecule {
  /** As given: the case of letters is not yet that of elements. */
  readonly symbols: readonly string[];
  /** bohr */
  readonly geometry: readonly number[];
  readonly isGhost: readonly boolean[];
  readonly fragments: readonly (readonly number[])[];
  readonly charges?: readonly number[];
  readonly multiplicities?: readonly number[];
  readonly charge?: number;
  readonly multiplicity?: number;
}

type Field =
  | 'symbols'
  | 'geometry'
  | 'fragments'
  | 'charges'
  | 'multiplicities'
  | 'charge'
  | 'multiplicity'
  | 'bsse'
  | 'levels'
  | 'maxNbody'
  | 'returnTotalData'
  | 'supersystemIeOnly'
  | 'embeddingCharges'
  | 'cutoffs'
  | 'specifications';

/** Where each field stands in the user's form. */
export interface Origin {
  readonly file: StudyFile;
  readonly fields: Readonly<Record<Field, FieldPath>>;
}
