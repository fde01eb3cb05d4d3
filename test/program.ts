/** The built program, for tests that run it as users do. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { mainScript, packageRoot } from '../src/process/install.js';

/** Path of dist/main.js, built anew when a source is younger. */
export function program(): string {
  const build = join(packageRoot(), 'scripts', 'build.mjs');
  const done = spawnSync(process.execPath, [build, '--if-stale'], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`the build failed:\n${done.stdout}${done.stderr}`);
  return mainScript();
}

export interface ShoalOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs the program to its end. Call `program()` once before. */
export function shoal(args: readonly string[], options: ShoalOptions): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [mainScript(), ...args], {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 280_000,
    maxBuffer: 1 << 28,
  });
}
