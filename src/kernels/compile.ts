/** Building C kernels into the user's cache folder: once for each source, compiler flags and kind of machine. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { EnvironmentError } from '../errors/environment-error.js';
import { InputError } from '../errors/input-error.js';
import { cacheFolder, nativeSources } from '../process/install.js';
import { temporaryFolder } from '../process/temporary.js';

/** No contraction and no -march: a kernel gives the same bits on every machine of one architecture. */
const flags = ['-std=gnu11', '-O2', '-fPIC', '-shared', '-ffp-contract=off', '-fno-math-errno', '-Wall'];

/** The compiler that `CC` names, else `cc`; words behind the first are further arguments. */
export function compilerCommand(env: NodeJS.ProcessEnv = process.env): readonly string[] {
  const words = (env.CC ?? '').split(/\s+/).filter((word) => word !== '');
  return words.length > 0 ? words : ['cc'];
}

/** First line of the compiler's own description, or undefined when there is none. */
export function compilerVersion(): string | undefined {
  const [command, ...args] = compilerCommand();
  const asked = spawnSync(command as string, [...args, '--version'], { encoding: 'utf8' });
  return asked.status === 0 ? asked.stdout.split('\n')[0] : undefined;
}

/**
 * Compiles a user's kernel and returns the path of its library. The source is one file, which may include the
 * standard headers and `shoal_kernel.h`, because it travels to other nodes as text. Throws InputError with the
 * compiler's words when it does not compile, EnvironmentError when there is no compiler.
 */
export function compileKernel(code: string, userPath: string): string {
  const header = readFileSync(join(nativeSources(), 'shoal_kernel.h'), 'utf8');
  const key = hashOf([code, header, ...flags, ...compilerCommand(), process.arch, process.platform]);
  return builtOnce(join(cacheFolder(), 'kernels', `${key}.so`), (target, scratch) => {
    const source = join(scratch, 'kernel.c');
    // The line directive makes messages name the user's file and not the copy.
    writeFileSync(source, `#line 1 ${JSON.stringify(userPath)}\n${code}`);
    const [command, ...args] = compilerCommand();
    const done = spawnSync(
      command as string,
      [...args, ...flags, '-I', nativeSources(), '-o', target, source, '-lm'],
      { encoding: 'utf8' },
    );
    if (done.error) throw noCompiler(command as string, done.error);
    if (done.status !== 0) {
      throw new InputError(`does not compile:\n${wordsOf(done)}`, {
        file: userPath,
        field: 'kernel.library',
      });
    }
  });
}

/**
 * Returns `target`, building it first when it is not there. The build writes beside it and renames, so that ranks
 * that build the same thing at once each end with a whole file.
 */
export function builtOnce(target: string, build: (target: string, scratch: string) => void): string {
  if (existsSync(target)) return target;
  const folder = dirname(target);
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new EnvironmentError(`the cache folder ${folder} cannot be made`, {
      cause: error,
      hint: 'Set XDG_CACHE_HOME to a folder that you may write to.',
    });
  }
  const unfinished = `${target}.${process.pid}-${Date.now().toString(36)}`;
  const scratch = temporaryFolder('build');
  try {
    build(unfinished, scratch);
    renameSync(unfinished, target);
    return target;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
    rmSync(unfinished, { force: true });
  }
}

export function hashOf(parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  // The length in front keeps ['ab', 'c'] and ['a', 'bc'] apart.
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex').slice(0, 32);
}

export function noCompiler(command: string, cause: Error): EnvironmentError {
  return new EnvironmentError(`the C compiler \`${command}\` cannot be started`, {
    cause,
    hint: 'Install gcc or clang, or name one with CC.',
  });
}

/** What a tool said, standard error first, without an empty line around it. */
export function wordsOf(done: SpawnSyncReturns<string>): string {
  return [done.stderr, done.stdout]
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .join('\n');
}
