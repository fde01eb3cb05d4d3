/**
 * What a shoal that started mpirun and rank 0 under it tell each other. Signals do not serve: Open MPI's mpirun
 * kills its ranks a second after SIGTERM, and MPICH's dies of SIGUSR2. So rank 0 reads its standard input, which
 * both launchers give to it alone: any byte, or the end that the kernel makes of a dead parent, asks it to stop.
 * What rank 0 has to say comes back in a file, since an exit code other than 0 makes mpirun print a page of its own.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProcessIdentity } from '../process/identity.js';
import type { RunOutcome } from '../runtime/api.js';

export interface ParentFacts {
  /** Folder for what rank 0 has to say; the same for each start of the job. */
  readonly folder: string;
  /** The parent, where it starts the job again. */
  readonly supervisor: ProcessIdentity;
  /** How often the job was started again before. */
  readonly restarts: number;
  /** When the parent began, ms since the epoch: the time that the user gives counts from there, through all starts. */
  readonly startedAtMs: number;
  /** The parent's terminal, where it has one: rank 0 draws on it through mpirun's pipe. */
  readonly columns?: number;
  readonly isColored?: boolean;
}

/** The last word of rank 0; none means that it never came to its command. */
export type JobReport =
  /** It is at work; its last word when MPI ends the job. */
  | { readonly kind: 'begun' }
  /** It has said what is wrong, and another start would say the same. */
  | { readonly kind: 'refused' }
  /** `isCut`: nobody asked to stop but whoever ends processes, such as a launcher whose job has lost a rank. */
  | { readonly kind: 'ended'; readonly outcome: RunOutcome; readonly isCut: boolean };

const variable = 'SHOAL_PARENT';

/** The variables by which rank 0 finds its parent. */
export function parentEnvironment(facts: ParentFacts): Record<string, string> {
  return { [variable]: JSON.stringify(facts) };
}

/** What the parent said, or undefined when the user called the launcher. */
export function readParent(environment: NodeJS.ProcessEnv): ParentFacts | undefined {
  const text = environment[variable];
  return text === undefined ? undefined : (JSON.parse(text) as ParentFacts);
}

/** `asked`: the parent wants the run to stop. `gone`: it is dead, or whoever carries its input is, as mpirun. */
export type ParentWord = 'asked' | 'gone';

/** Calls `onStop` once, with the first word of the parent. Does not keep the process alive. */
export function listenToParent(
  onStop: (word: ParentWord) => void,
  input: NodeJS.ReadStream = process.stdin,
): void {
  let isTold = false;
  const tell = (word: ParentWord): void => {
    if (isTold) return;
    isTold = true;
    onStop(word);
  };
  input.on('data', () => tell('asked'));
  input.on('end', () => tell('gone'));
  input.on('error', () => tell('gone'));
  input.unref();
}

/** Written under another name first: a parent never reads half a report. */
export async function writeReport({ folder }: ParentFacts, report: JobReport): Promise<void> {
  const file = reportFile(folder);
  const partial = `${file}.partial`;
  await writeFile(partial, JSON.stringify(report));
  await rename(partial, file);
}

/** What rank 0 said last, or undefined when it did not come that far. */
export async function readReport(folder: string): Promise<JobReport | undefined> {
  try {
    return JSON.parse(await readFile(reportFile(folder), 'utf8')) as JobReport;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Before the job starts again: what an earlier rank 0 said does not count. */
export async function forgetReport(folder: string): Promise<void> {
  await rm(reportFile(folder), { force: true });
}

/** True for a notice that was said before, by this start of the job or an earlier one. */
export function isSaid({ folder }: ParentFacts, notice: string): boolean {
  const file = join(folder, 'notices.jsonl');
  const line = `${JSON.stringify(notice)}\n`;
  try {
    if (readFileSync(file, 'utf8').includes(line)) return true;
  } catch {
    // Nothing was said yet.
  }
  appendFileSync(file, line);
  return false;
}

function reportFile(folder: string): string {
  return join(folder, 'report.json');
}
