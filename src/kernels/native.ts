/** The library of our own C kernels: found where `npm run build` put it, else built once into the user's cache. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, nativeSources, packageRoot } from '../process/install.js';
import { builtOnce, compilerCommand, hashOf, wordsOf } from './compile.js';

export const nativeLibraryName = 'libshoal_native.so';

export type NativeLibrary =
  | { readonly kind: 'found'; readonly path: string; readonly sourceHash: string }
  /** One sentence why, for the run's notice and for `info`. */
  | { readonly kind: 'missing'; readonly reason: string };

let known: NativeLibrary | undefined;

/** Path of the library, or undefined where it can neither be found nor built: TypeScript forms run then. */
export function nativeLibraryPath(): string | undefined {
  const library = nativeLibrary();
  return library.kind === 'found' ? library.path : undefined;
}

/** Where the library is or why there is none; asked once a process. */
export function nativeLibrary(): NativeLibrary {
  known ??= locate();
  return known;
}

function locate(): NativeLibrary {
  const sourceHash = hashOfSources();
  const built = join(packageRoot(), 'dist', 'native', nativeLibraryName);
  if (existsSync(built)) return { kind: 'found', path: built, sourceHash };
  const target = join(cacheFolder(), 'native', `${sourceHash}-${process.arch}`, nativeLibraryName);
  if (existsSync(target)) return { kind: 'found', path: target, sourceHash };
  for (const [command, ...args] of [compilerCommand(), ['make']]) {
    const asked = spawnSync(command as string, [...args, '--version'], { stdio: 'ignore' });
    if (asked.error) return { kind: 'missing', reason: `there is no ${command} to build it with` };
  }
  try {
    return { kind: 'found', path: builtOnce(target, make), sourceHash };
  } catch (error) {
    return { kind: 'missing', reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Runs the Makefile on a copy of the sources: the package's own folder may be read-only or shared by many users. */
function make(target: string, scratch: string): void {
  const sources = join(scratch, 'native');
  cpSync(nativeSources(), sources, { recursive: true });
  const out = join(scratch, 'out');
  const [command, ...args] = compilerCommand();
  const done = spawnSync('make', ['-s', '-C', sources, `OUT=${out}`, `CC=${[command, ...args].join(' ')}`], {
    encoding: 'utf8',
  });
  if (done.status !== 0) throw new Error(`building it failed: ${wordsOf(done)}`);
  cpSync(join(out, nativeLibraryName), target);
}

/** Names and bytes of the C sources and the Makefile, not of their tests. */
function hashOfSources(): string {
  const folder = nativeSources();
  const names = readdirSync(folder)
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort();
  return hashOf(names.flatMap((name) => [name, readFileSync(join(folder, name))]));
}
