/** Builds the C kernels into dist/native with their Makefile. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Without a compiler or make this is a notice, since every C kernel has a TypeScript twin; a build that fails is a failure. */
export function buildNative(root) {
  if (!existsSync(join(root, 'native', 'Makefile'))) return { notice: undefined, failed: false };
  for (const [command, args] of [
    [process.env.CC ?? 'cc', ['--version']],
    ['make', ['--version']],
  ]) {
    if (spawnSync(command, args, { stdio: 'ignore' }).error) {
      return {
        notice: `no ${command} here: C kernels are not built, their TypeScript forms run instead`,
        failed: false,
      };
    }
  }
  const out = join(root, 'dist', 'native');
  mkdirSync(out, { recursive: true });
  const done = spawnSync('make', ['-s', '-j2', '-C', join(root, 'native'), `OUT=${out}`], {
    encoding: 'utf8',
  });
  if (done.status === 0) return { notice: undefined, failed: false };
  return { notice: `make in native/ failed:\n${done.stdout}${done.stderr}`, failed: true };
}
