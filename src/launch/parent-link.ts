/**
 * What a shoal that started mpirun and rank 0 under it tell each other. Signals do not serve: Open MPI's mpirun
 * kills its ranks a second after SIGTERM, and MPICH's dies of SIGUSR2. So rank 0 reads its standard input, which
 * both launchers give to it alone: any byte, or the end that the kernel makes of a dead parent, asks it to stop.
 * Its outcome comes back in a file, since an exit code other than 0 makes mpirun print a page of its own.
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import type { RunOutcome } from '../runtime/api.js';

export interface ParentFacts {
  /** File that rank 0 writes the outcome to. */
  readonly outcomeFile: string;
  /** The parent's terminal, where it has one: rank 0 draws on it through mpirun's pipe. */
  readonly columns?: number;
  readonly isColored?: boolean;
}

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

/** Calls `onStop` once when the parent asks for it or is gone. Does not keep the process alive. */
export function listenToParent(onStop: () => void, input: NodeJS.ReadStream = process.stdin): void {
  let isTold = false;
  const tell = (): void => {
    if (isTold) return;
    isTold = true;
    onStop();
  };
  input.on('data', tell);
  input.on('end', tell);
  input.on('error', tell);
  input.unref();
}

/** Written under another name first: a parent never reads half an outcome. */
export async function writeOutcome(facts: ParentFacts, outcome: RunOutcome): Promise<void> {
  const partial = `${facts.outcomeFile}.partial`;
  await writeFile(partial, JSON.stringify(outcome));
  await rename(partial, facts.outcomeFile);
}

/** The outcome that rank 0 left, or undefined when it did not come that far. */
export async function readOutcome(file: string): Promise<RunOutcome | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as RunOutcome;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
