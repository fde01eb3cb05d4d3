/** What a quantum-chemistry program is to us: files and a command line in, numbers out. Pure; `run.ts` has it started. */
import type { CalculationSpec, Driver, TaskMolecule, TaskResult } from '../task.js';

export interface Calculation {
  readonly molecule: TaskMolecule;
  readonly spec: CalculationSpec;
  readonly driver: Driver;
}

/** What a worker gives to the program that it starts. */
export interface Allotment {
  readonly threads: number;
  /** What the case may use, where its study says so case by case. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly memoryBytes: number;
}

export interface Invocation {
  readonly argv: readonly string[];
  /** Files to write into the empty folder where it runs, by their names there. */
  readonly files: Readonly<Record<string, string>>;
  /** The file that is kept with the result, as what was asked of the program. */
  readonly input: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Name of a file that it reads as standard input. */
  readonly stdin?: string;
}

/** What a program left behind after it ended by itself. */
export interface Remains {
  /** -1 where a signal ended it. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Content of a file in its folder; undefined where there is none. */
  readonly file: (name: string) => Buffer | undefined;
}

export interface Computed {
  readonly result: TaskResult;
  /** The version that the program itself states. */
  readonly version: string;
}

export interface Program {
  /** As specifications name it. */
  readonly name: string;
  /** Throws ProgramFailure for what it cannot do: ghosts, point charges, drivers, methods, keywords. */
  prepare(calculation: Calculation, allotment: Allotment): Invocation;
  /** Throws ProgramFailure, in the program's own words, unless there is a complete result. */
  parse(calculation: Calculation, remains: Remains): Computed;
}
