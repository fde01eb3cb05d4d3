/** Starting and ending MPI (MPI standard, chapters "MPI Environmental Management" and "Process Initialization"). */
import { isMainThread } from 'node:worker_threads';
import { EnvironmentError } from '../errors/environment-error.js';
import { endApart, mustEndApart } from './end-apart.js';
import { check } from './errors.js';
import { endWithProcess } from './exit.js';
import { functions, sealFunctions } from './functions.js';
import { awaitReaders } from './last-words.js';
import { findLauncher } from './launcher.js';
import { integer, mpiLibrary, predefined } from './library.js';
import { cancelReceives } from './request.js';
import { watchLauncher } from './watch.js';

const c = functions(
  'int MPI_Init_thread(int *argc, char ***argv, int required, int *provided)',
  'int MPI_Initialized(int *flag)',
  'int MPI_Query_thread(int *provided)',
  'int MPI_Finalize(void)',
  'int MPI_Finalized(int *flag)',
  'int MPI_Abort(MPI_Comm comm, int errorcode)',
  'int MPI_Barrier(MPI_Comm comm)',
  'int MPI_Comm_size(MPI_Comm comm, int *size)',
  'int MPI_Comm_set_errhandler(MPI_Comm comm, MPI_Errhandler errhandler)',
  'int MPI_Get_version(int *version, int *subversion)',
  'int MPI_Get_library_version(char *version, int *resultlen)',
  'int MPI_Get_processor_name(char *name, int *resultlen)',
  'double MPI_Wtime(void)',
);

type State =
  | { readonly kind: 'before' }
  | { readonly kind: 'running'; readonly isOurs: boolean }
  | { readonly kind: 'refused'; readonly problem: EnvironmentError }
  | { readonly kind: 'finalized' };

let state: State = { kind: 'before' };

/**
 * Starts MPI, once; later calls do nothing. Everything that needs MPI calls it, so that programs need not. Throws
 * EnvironmentError when there is no library, or when launcher and library belong to different families.
 */
export function init(): void {
  switch (state.kind) {
    case 'running':
      return;
    case 'refused':
      throw state.problem;
    case 'finalized':
      throw new EnvironmentError('MPI was finalized in this process and cannot start again');
    case 'before':
      start();
      return;
    default:
      state satisfies never;
  }
}

/** True between `init` and the end of MPI, also when another user of the library in this process ended it. */
export function isRunning(): boolean {
  if (state.kind !== 'running') return false;
  const flag = new Int32Array(1);
  check(c.MPI_Finalized(flag), 'MPI_Finalized');
  return flag[0] === 0;
}

/** Ends MPI; collective over all ranks. Receives still posted are cancelled. Nothing of MPI works afterwards. */
export function finalize(): void {
  if (state.kind !== 'running' || !isRunning()) return;
  const { isOurs } = state;
  cancelReceives();
  state = { kind: 'finalized' };
  if (isOurs) end();
  seal();
}

function end(): void {
  const world = predefined('MPI_COMM_WORLD');
  const size = new Int32Array(1);
  check(c.MPI_Comm_size(world, size), 'MPI_Comm_size');
  if (!mustEndApart(libraryVersion(), size[0]!)) check(c.MPI_Finalize(), 'MPI_Finalize');
  else endApart(() => check(c.MPI_Barrier(world), 'MPI_Barrier'));
}

/**
 * Ends MPI in this process alone, without meeting the others, for jobs that survive the loss of ranks
 * (`isFaultTolerant`): to them it is lost from here on. MPI_Finalize would meet them, and does not bear that one dies in
 * it. Whoever leaves knows that its last messages have arrived. In any other job the launcher would end all ranks.
 */
export function leave(): void {
  if (!isRunning()) return;
  state = { kind: 'finalized' };
  seal();
}

/** Ends every rank of the job, and this process with the exit code given. What it printed arrives. Never returns. */
export function abort(exitCode = 1): never {
  if (isRunning()) {
    awaitReaders();
    c.MPI_Abort(predefined('MPI_COMM_WORLD'), exitCode);
  }
  process.exit(exitCode);
}

export type ThreadLevel = 'single' | 'funneled' | 'serialized' | 'multiple';

/** What the library allows threads to do. The binding itself calls MPI from the main thread alone. */
export function threadLevel(): ThreadLevel {
  init();
  const provided = new Int32Array(1);
  check(c.MPI_Query_thread(provided), 'MPI_Query_thread');
  const levels = ['single', 'funneled', 'serialized', 'multiple'] as const;
  return levels.find((level) => integer(threadConstants[level]) === provided[0]) ?? 'single';
}

const threadConstants = {
  single: 'MPI_THREAD_SINGLE',
  funneled: 'MPI_THREAD_FUNNELED',
  serialized: 'MPI_THREAD_SERIALIZED',
  multiple: 'MPI_THREAD_MULTIPLE',
} as const;

/** The MPI standard that the library implements: `[3, 1]`. Does not start MPI. */
export function standardVersion(): readonly [version: number, subversion: number] {
  const version = new Int32Array(1);
  const subversion = new Int32Array(1);
  check(c.MPI_Get_version(version, subversion), 'MPI_Get_version');
  return [version[0]!, subversion[0]!];
}

/** What the library calls itself, all lines. Does not start MPI. */
export function libraryVersion(): string {
  return text(integer('MPI_MAX_LIBRARY_VERSION_STRING'), 'MPI_Get_library_version');
}

/** The node's name as MPI knows it. */
export function processorName(): string {
  init();
  return text(integer('MPI_MAX_PROCESSOR_NAME'), 'MPI_Get_processor_name');
}

/** Seconds since some moment in the past. */
export function wtime(): number {
  init();
  return c.MPI_Wtime();
}

function seal(): void {
  sealFunctions((name) => new EnvironmentError(`${name} was called after MPI was finalized`));
}

function start(): void {
  if (!isMainThread) {
    throw new EnvironmentError('MPI must be started on the main thread', {
      hint: 'Use it there, before any worker thread needs it',
    });
  }
  const flag = new Int32Array(1);
  check(c.MPI_Initialized(flag), 'MPI_Initialized');
  const isOurs = flag[0] === 0;
  if (isOurs) {
    const hasStarted = expectsFailures() ? prepareForFailures() : undefined;
    const provided = new Int32Array(1);
    check(c.MPI_Init_thread(null, null, integer('MPI_THREAD_FUNNELED'), provided), 'MPI_Init_thread');
    hasStarted?.();
  }
  const returnErrors = predefined('MPI_ERRORS_RETURN');
  for (const name of ['MPI_COMM_WORLD', 'MPI_COMM_SELF'] as const) {
    check(c.MPI_Comm_set_errhandler(predefined(name), returnErrors), 'MPI_Comm_set_errhandler');
  }
  state = { kind: 'running', isOurs };
  refuseSingletons();
  endWithProcess({ isRunning, finalize, abort });
}

/** What Open MPI's launcher tells its ranks when they may die. */
function expectsFailures(): boolean {
  return /^(1|t|y|enabled)/i.test(process.env.OMPI_MCA_mpi_ft_enable ?? '');
}

/**
 * Open MPI ends MPI_Finalize with a meeting of all ranks, at which its launcher may wait for one that has just died.
 * Where ranks may die there is no such meeting: each has its last messages behind it when it calls `finalize`.
 */
function prepareForFailures(): () => void {
  process.env.OMPI_MCA_async_mpi_finalize ??= '1';
  return watchLauncher();
}

/**
 * A library under another family's launcher finds no partner and makes a world of one rank: N runs of the whole
 * program. Such a world is ended again, and every later use says why.
 */
function refuseSingletons(): void {
  const launcher = findLauncher();
  if (launcher?.size === undefined || launcher.size === 1) return;
  const size = new Int32Array(1);
  check(c.MPI_Comm_size(predefined('MPI_COMM_WORLD'), size), 'MPI_Comm_size');
  if (size[0] !== 1) return;
  const { choice } = mpiLibrary();
  const problem = new EnvironmentError(
    `${launcher.name} started ${launcher.size} ranks, but ${choice.libraryVersion} (${choice.path}, ${choice.reason}) found only itself`,
    { hint: "Start it with this library's own launcher, or name the launcher's library in SHOAL_LIBMPI" },
  );
  finalize();
  state = { kind: 'refused', problem };
  throw problem;
}

function text(maxBytes: number, name: 'MPI_Get_library_version' | 'MPI_Get_processor_name'): string {
  const bytes = Buffer.alloc(maxBytes);
  check(c[name](bytes, new Int32Array(1)), name);
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end < 0 ? maxBytes : end).trim();
}
