/** The folder where one run of a study keeps everything. Its parts are named in `runPaths`. */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { decode, encode } from '../codec/msgpack.js';
import { EnvironmentError } from '../errors/environment-error.js';
import { InputError } from '../errors/input-error.js';
import { defaultExecution, type Execution } from '../study/execution.js';
import { type Shard, shardRange, shardText } from '../study/shard.js';
import type { Study } from '../study/study.js';
import { writeFileAtomic } from './atomic-file.js';
import { LiveFile, readLiveFile } from './live-file.js';
import { acquireLock, type Lock, type LockOptions } from './lock.js';
import {
  type KernelFacts,
  type Manifest,
  readManifest,
  runDirectorySchemaVersion,
  type Session,
  writeManifest,
} from './manifest.js';

export interface RunPaths {
  readonly journal: string;
  readonly answer: string;
  readonly log: string;
}

export function runPaths(runDir: string): RunPaths {
  return { journal: join(runDir, 'journal'), answer: join(runDir, 'answer'), log: join(runDir, 'log.jsonl') };
}

/** A run directory that this process owns and writes. */
export class RunDirectory {
  readonly path: string;
  readonly paths: RunPaths;
  readonly isNew: boolean;
  readonly live: LiveFile;
  readonly lock: Lock;
  #manifest: Manifest;

  constructor(path: string, lock: Lock, manifest: Manifest, isNew: boolean) {
    this.path = path;
    this.paths = runPaths(path);
    this.isNew = isNew;
    this.lock = lock;
    this.live = new LiveFile(path);
    this.#manifest = manifest;
  }

  get manifest(): Manifest {
    return this.#manifest;
  }

  /** Throws EnvironmentError once another process has taken the run directory over; for the journal's commits. */
  checkOwner(): void {
    if (this.lock.stillOwner()) return;
    throw new EnvironmentError(`another process has taken over ${this.path}`, {
      hint: 'This one was taken for dead and stops: what it had committed is kept',
    });
  }

  /**
   * Adds a session to the manifest. The first one also says which kernel makes the results; a later one with
   * another form or layout is refused with EnvironmentError, because bits would differ within one run.
   */
  startSession(kernel: KernelFacts, facts: Session['facts']): void {
    const { kernel: before, sessions } = this.#manifest;
    if (before) refuseOtherKernel(this.path, before, kernel);
    const session: Session = { start: new Date().toISOString(), state: 'running', facts };
    // Whoever holds the lock knows that nobody else runs.
    const earlier = sessions.map((one) =>
      one.state === 'running' ? ({ ...one, state: 'broken off' } as const) : one,
    );
    this.#replace({ ...this.#manifest, kernel: before ?? kernel, sessions: [...earlier, session] });
  }

  /**
   * Says that the session was asked to stop: it may be killed before it comes to its end, as ranks are by Open MPI a
   * second after the signal.
   */
  noteStop(): void {
    const { sessions } = this.#manifest;
    const last = sessions.at(-1);
    if (last?.state !== 'running') return;
    this.#replace({
      ...this.#manifest,
      sessions: [...sessions.slice(0, -1), { ...last, state: 'interrupted' }],
    });
  }

  /** Ends the session that was started last; `facts` join those it started with. */
  endSession(state: 'interrupted' | 'completed', facts: Session['facts'] = {}): void {
    const last = this.#manifest.sessions.at(-1);
    if (!last) throw new Error('no session was started');
    const ended = { ...last, end: new Date().toISOString(), state, facts: { ...last.facts, ...facts } };
    this.#replace({ ...this.#manifest, sessions: [...this.#manifest.sessions.slice(0, -1), ended] });
  }

  /** Takes over what another run directory of the same study says of its kernel and its sessions. */
  adopt({ kernel, sessions }: Manifest): void {
    const { kernel: before, sessions: own } = this.#manifest;
    if (before && kernel) refuseOtherKernel(this.path, before, kernel);
    const isKnown = (one: Session): boolean =>
      own.some((each) => JSON.stringify(each) === JSON.stringify(one));
    const adopted = [...own, ...sessions.filter((one) => !isKnown(one))];
    this.#replace({ ...this.#manifest, ...(kernel && { kernel }), sessions: adopted });
  }

  /** Gives the run directory back. */
  close(): void {
    this.lock.release();
  }

  #replace(manifest: Manifest): void {
    this.checkOwner();
    writeManifest(this.path, manifest);
    this.#manifest = manifest;
  }
}

/**
 * Refuses what `openRunDirectory` would refuse, without making anything: for those who start others that open it. Where
 * those run on another host (`isElsewhere`) whether it is in use is for them to say.
 *
 * @throws as `openRunDirectory`
 */
export function checkRunDirectory(
  path: string,
  study: Study,
  shard?: Shard,
  { isElsewhere = false, ...options }: LockOptions & { isElsewhere?: boolean } = {},
): void {
  const manifest = checkedManifest(path, study, shard);
  // Whether an owner on another host lives is seen there alone.
  if (manifest && isElsewhere) return;
  if (manifest) openRunDirectory(path, study, shard, options).close();
  else refuseForeignFolder(path);
}

/**
 * Takes a run directory for a study: a new one when the folder is missing or empty, else the one it is.
 *
 * @throws InputError for a run directory of another study or shard, and for a folder that holds anything else
 * @throws EnvironmentError while another process writes there
 */
export function openRunDirectory(
  path: string,
  study: Study,
  shard?: Shard,
  options: LockOptions = {},
): RunDirectory {
  // Looked at before anything is written, so that what is refused stays as it was.
  const before = checkedManifest(path, study, shard);
  if (!before) refuseForeignFolder(path);
  makeFolder(path);
  const lock = acquireLock(path, options);
  try {
    const manifest = checkedManifest(path, study, shard);
    return new RunDirectory(path, lock, manifest ?? fill(path, study, shard), manifest === undefined);
  } catch (error) {
    lock.release();
    throw error;
  }
}

export interface RunDirectoryView {
  readonly path: string;
  readonly paths: RunPaths;
  readonly manifest: Manifest;
  readonly study: Study;
  /** What the session that runs, or ran last, shows of itself. */
  readonly live: unknown;
}

/** A run directory to look at, also while another process writes there. Throws InputError when it is none. */
export function readRunDirectory(path: string): RunDirectoryView {
  const manifest = readManifest(path);
  if (!manifest) {
    throw new InputError(
      existsSync(path) ? 'the folder is not a run directory' : 'the run directory does not exist',
      {
        file: path,
        expected: 'a folder in which a run was started',
      },
    );
  }
  const study = readStudy(join(path, studyName));
  return { path, paths: runPaths(path), manifest, study, live: readLiveFile(path) };
}

const studyName = 'study.msgpack';

function readStudy(path: string): Study {
  try {
    const study = decode(readFileSync(path)) as Study & { execution?: Partial<Execution> };
    // Studies kept by an older version say less of their execution, or nothing.
    return { ...study, execution: { ...defaultExecution, ...study.execution } };
  } catch (error) {
    throw new EnvironmentError(`cannot read the study of the run, ${path}: ${(error as Error).message}`, {
      cause: error,
      hint: 'Running the study file on the same run directory does not need it',
    });
  }
}

function refuseOtherKernel(path: string, before: KernelFacts, now: KernelFacts): void {
  const layout = ({ outputs }: KernelFacts) => outputs.map(({ name, dtype, shape }) => [name, dtype, shape]);
  const isSame =
    before.name === now.name &&
    before.version === now.version &&
    before.form === now.form &&
    JSON.stringify(layout(before)) === JSON.stringify(layout(now));
  if (isSame) return;
  const words = ({ name, version, form }: KernelFacts) => `${name} ${version} in its ${form} form`;
  throw new EnvironmentError(
    `the results in ${path} were made by ${words(before)}, and this session has ${words(now)}`,
    { hint: 'Resume where the same kernel can run, or start again with another --run-dir' },
  );
}

function checkedManifest(path: string, study: Study, shard: Shard | undefined): Manifest | undefined {
  const manifest = readManifest(path);
  if (manifest && manifest.fingerprint !== study.fingerprint) {
    throw new InputError('the run directory holds another study', {
      file: path,
      expected: `${study.name} (fingerprint ${study.fingerprint.slice(0, 12)})`,
      given: `${manifest.name} (fingerprint ${manifest.fingerprint.slice(0, 12)})`,
      hint: 'Name another --run-dir: parameters, settings, shared data and the kernel belong to a study',
    });
  }
  if (manifest && textOf(manifest.shard) !== textOf(shard)) {
    throw new InputError('the run directory holds another part of the study', {
      file: path,
      expected: textOf(shard),
      given: textOf(manifest.shard),
      hint: 'Each shard has a run directory of its own',
    });
  }
  return manifest;
}

function textOf(shard: Shard | undefined): string {
  return shard ? `shard ${shardText(shard)}` : 'the whole study';
}

/** A folder that a start of ours left unfinished holds nothing but our files; anything else is not ours to fill. */
function refuseForeignFolder(path: string): void {
  let names: string[];
  try {
    names = readdirSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return;
    if (code === 'ENOTDIR')
      throw new InputError('the run directory is a file', { file: path, expected: 'a folder' });
    throw new EnvironmentError(`cannot read ${path}: ${(error as Error).message}`, { cause: error });
  }
  const foreign = names.filter(
    (name) => !/^(jobs|lock(\..*)?|study\..*|manifest\.json\..*\.tmp)$/.test(name),
  );
  if (foreign.length > 0) {
    throw new InputError('the folder is not empty and not a run directory', {
      file: path,
      expected: 'a run directory, or a new or empty folder',
      given: `a folder with ${foreign.slice(0, 3).join(', ')}${foreign.length > 3 ? ', …' : ''}`,
    });
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw new EnvironmentError(`cannot create ${path}: ${(error as Error).message}`, { cause: error });
  }
}

/** The manifest comes last: with it, everything else is there. */
function fill(path: string, study: Study, shard: Shard | undefined): Manifest {
  const isCommands = study.kernel.kind === 'command' && study.kernel.call.kind === 'line';
  const extension = isCommands ? '.txt' : extname(study.source.path).toLowerCase();
  const file = `study${extension === '' || extension === '.yml' || extension === '.msgpack' ? '.yaml' : extension}`;
  writeFileAtomic(join(path, file), study.source.text);
  writeFileAtomic(join(path, studyName), encode(study));
  const manifest: Manifest = {
    schemaVersion: runDirectorySchemaVersion,
    name: study.name,
    fingerprint: study.fingerprint,
    cases: shard ? shardRange(shard, study.cases.count).count : study.cases.count,
    ...(shard && { shard }),
    source: { file, path: study.source.path },
    created: new Date().toISOString(),
    sessions: [],
  };
  writeManifest(path, manifest);
  return manifest;
}
