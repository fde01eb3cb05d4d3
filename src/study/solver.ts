/** A domain: it knows the study keys of its field and how to make the kernel that computes them. */
import type { ColumnSpec } from '../codec/columns.js';
import type { Kernel, KernelForm } from '../kernels/kernel.js';
import type { StudyFile } from './document/places.js';
import type { Execution } from './execution.js';

export type { KernelForm };

/** What a study gives its solver: all plain data, already validated by `settingsSchema`. */
export interface SolverRequest {
  /** Settings of the study after validation, defaults filled. */
  readonly settings: unknown;
  /** Columns that each case brings: parameters and derived values, with their shapes. */
  readonly columns: readonly ColumnSpec[];
}

/** The part of a solver that ranks need. */
export interface KernelMaker {
  readonly name: string;
  /**
   * The kernel, at each rank. `shared` is what `prepare` returned at rank 0, after travelling. Throws EnvironmentError
   * where this machine cannot run the form.
   */
  kernel(
    request: SolverRequest,
    shared: unknown,
    form: KernelForm,
    execution: Execution,
  ): Kernel | Promise<Kernel>;
}

export interface Solver extends KernelMaker {
  readonly version: string;
  /** A zod schema (strict object) of the `settings` section; unknown keys are refused. Not used where there is `expand`. */
  readonly settingsSchema: import('zod').ZodType;
  /**
   * Literals that cannot work, as InputError: a needed column that is missing, a wrong shape, contradictory
   * settings. `supports` gives what is known of each parameter's range before any case exists.
   */
  check(request: SolverRequest, supports: readonly ColumnSupport[]): void;
  /**
   * Where the cases follow from the settings: what the study then is. `section` is the `settings` of the study file, with
   * its places. Throws InputError for settings that cannot work.
   */
  expand?(section: StudyFile): Promise<Expansion>;
  /** True where the kernel itself ends each case when its time is over. */
  readonly keepsTime?: true;
  /**
   * What the results add up to, as texts of files by their names in the folder `answer`; `summary.txt` is shown at the
   * end of the run. Rows come in the order of cases, and some may be failed.
   */
  assemble?(
    request: SolverRequest,
    rows: Iterable<SolverRow>,
    version: string,
  ): Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
  /** What the elements of vector outputs stand for, such as the times of gates: for tables and pictures. */
  axis?(settings: unknown): OutputAxis;
  /** Forms this machine can run, best first. */
  forms(): readonly KernelForm[];
  /** Computed once at rank 0 and broadcast: plain data and Float64Array, MessagePack-able. */
  prepare(request: SolverRequest): unknown;
  /** One case from a plain record, for `eval`; InputError for what cannot be computed. */
  evaluate?(input: unknown): Promise<unknown>;
}

/** Cases and settings that a solver makes of a section `settings`. */
export interface Expansion {
  /** Plain data and Float64Array, MessagePack-able: what `kernel` and `assemble` get. */
  readonly settings: unknown;
  /** As in the section `cases`. */
  readonly cases: readonly Readonly<Record<string, number | string>>[];
  /** As in the section `cost`, used where the study has none. */
  readonly cost?: { readonly features: readonly string[] };
  /** Attempts after a first one that failed, where the study says nothing. */
  readonly retries: number;
}

/** A case that has ended. */
export interface SolverRow {
  readonly case: number;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** All outputs, those for the table *execution* too; absent for a case that failed. */
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly failure?: { readonly status: string; readonly type: string; readonly message: string };
}

/** The commands of a domain by their first word; they are loaded when one of them is called. */
export interface Domain {
  readonly word: string;
  load(): Promise<DomainCommands>;
}

export interface DomainCommands {
  readonly runs: readonly SolverRun[];
  readonly tools: readonly SolverTool[];
}

/** A command that runs what is in a file of the domain: `manybody run INPUT`. */
export interface SolverRun {
  /** Two words: the domain, then what is done. */
  readonly name: string;
  readonly describe: string;
  /** What the file is, for the help. */
  readonly input: string;
  /** The study of a file; `path` as the user wrote it, from `folder`. InputError for bad input. */
  studyOf(path: string, folder: string): Promise<StudyFile>;
  /**
   * Numbers in which two runs of one file must agree, for `manybody validate INPUT` and `manybody benchmark INPUT`: of
   * its cases, and of the answer, whose files `answer` reads.
   */
  numbersOf(rows: Iterable<SolverRow>, answer: (file: string) => string): Iterable<RunNumbers>;
  /** Whom a benchmark may hold it against. */
  readonly peer: SolverPeer;
}

export interface RunNumbers {
  /** What they are: `energy of calculations`. */
  readonly quantity: string;
  /** Which of these: no two of a quantity have the same. */
  readonly place: string;
  readonly values: ArrayLike<number>;
}

/** A program of others that answers what is in a file of the domain, one case after the other. */
export interface SolverPeer {
  readonly name: string;
  /** A command that ends with 0 where the peer is installed, and what to install where it is not. */
  readonly probe: { readonly argv: readonly string[]; readonly hint: string };
  /** What to start in a folder that has these files. InputError for a file with what the peer does not know. */
  prepare(
    path: string,
    folder: string,
  ): Promise<{ readonly argv: readonly string[]; readonly files: Readonly<Record<string, string>> }>;
  /** From its standard output: those of `SolverRun.numbersOf` that it knows too. */
  numbersOf(stdout: string): Iterable<RunNumbers>;
}

/** A command of a domain's own, `manybody plan INPUT`: it reads files and answers; it computes no case. */
export interface SolverTool {
  /** Two words: the domain, then what is done. */
  readonly name: string;
  readonly describe: string;
  /** Required, in order. */
  readonly positionals: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, { readonly describe: string; readonly value: string }>>;
  /** `given` has the text of each argument, `folder` is what relative paths start from. InputError for bad input. */
  run(given: Readonly<Record<string, string>>, surroundings: ToolSurroundings): Promise<ToolAnswer>;
}

export interface ToolSurroundings {
  readonly folder: string;
  /** Of this program. */
  readonly version: string;
}

export interface ToolAnswer {
  /** For people. */
  text(): string;
  /** For programs: plain data. */
  json(): unknown;
  /** What the user should know beside the answer. */
  readonly notes: readonly string[];
  /** False where a part of what was asked for could not be given. */
  readonly isComplete: boolean;
}

/**
 * Values that a column can take, as far as the study file tells: for checks before any rank computes. No value lies
 * outside `min … max`, so that a check may always refuse an interval in which no value works. It may refuse an interval
 * for its ends when they are tight, because then some cases would surely fail.
 */
export interface ColumnSupport {
  readonly name: string;
  /** Bounds for each element of the column; ±Infinity where there is none, and for text. */
  readonly min: readonly number[];
  readonly max: readonly number[];
  /** Every value that will occur is literal in the study file (grid, list, table, constant): both ends occur. */
  readonly isLiteral: boolean;
  /**
   * Both ends occur or are the ends of a distribution. False for what a formula computes, whose bounds come from
   * interval arithmetic and may be wider than what occurs.
   */
  readonly isTight: boolean;
  /** Where the study file says it: `study.yaml:12:3`. */
  readonly file?: string;
  readonly line?: number;
  readonly field: string;
}

/** A coordinate along which a vector output lies. */
export interface OutputAxis {
  readonly name: string;
  /** SI unit as text; absent for a number without one. */
  readonly unit?: string;
  readonly values: readonly number[];
}
