import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ColumnSpec } from '../codec/columns.js';
import { EnvironmentError } from '../errors/environment-error.js';
import { InputError } from '../errors/input-error.js';
import type { KernelForm } from '../kernels/kernel.js';
import type { Shard } from '../study/shard.js';
import { writeFileAtomic } from './atomic-file.js';

/** Version of the run directory as a whole; raised when an older program could misread it. */
export const runDirectorySchemaVersion = 1;

/** What made the results: the same for every session, so that all of them have the same bits. */
export interface KernelFacts {
  readonly name: string;
  readonly version: string;
  readonly form: KernelForm;
  /** Layout of the result blocks in the journal. */
  readonly outputs: readonly ColumnSpec[];
}

/** One time that a run of the study was started on the run directory. */
export interface Session {
  /** ISO 8601. */
  readonly start: string;
  /** Absent while it runs, and for ever when it was killed. */
  readonly end?: string;
  /** `broken off`: it was found running, and dead, by the next one. */
  readonly state: 'running' | 'broken off' | 'interrupted' | 'completed';
  /** Versions, ranks, hosts, MPI library, jobs, … as the runtime found them: plain JSON. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** What a run directory says of itself. Writing it makes a folder a run directory. */
export interface Manifest {
  readonly schemaVersion: number;
  readonly name: string;
  readonly fingerprint: string;
  /** Of the run: those of the shard where it has only one. */
  readonly cases: number;
  /** The part of the study that the run computes; absent for all of it. */
  readonly shard?: Shard;
  /** File with the study as the user wrote it, and where it was read. */
  readonly source: { readonly file: string; readonly path: string };
  /** ISO 8601. */
  readonly created: string;
  /** Absent until a first session has loaded it. */
  readonly kernel?: KernelFacts;
  readonly sessions: readonly Session[];
}

export const manifestName = 'manifest.json';

export function writeManifest(runDir: string, manifest: Manifest): void {
  writeFileAtomic(join(runDir, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** Undefined when there is none. Refuses one of a newer version. */
export function readManifest(runDir: string): Manifest | undefined {
  const path = join(runDir, manifestName);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new EnvironmentError(`cannot read ${path}: ${(error as Error).message}`, { cause: error });
  }
  const manifest = parse(path, text);
  if (manifest.schemaVersion > runDirectorySchemaVersion) {
    throw new InputError('the run directory was written by a newer version', {
      file: path,
      expected: `schema version ${runDirectorySchemaVersion} or older`,
      given: String(manifest.schemaVersion),
      hint: 'Use that version, or another --run-dir',
    });
  }
  return manifest;
}

function parse(path: string, text: string): Manifest {
  try {
    const manifest = JSON.parse(text) as Partial<Manifest> | null;
    if (typeof manifest?.schemaVersion === 'number' && typeof manifest.fingerprint === 'string') {
      return manifest as Manifest;
    }
  } catch {
    // Told below, together with JSON that is no manifest.
  }
  throw new InputError('this is not the manifest of a run directory', { file: path });
}
