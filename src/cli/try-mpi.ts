/** Starts the MPI library that is found here for a moment, in a child: starting can fail, hang or end the process. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../process/install.js';
import { withoutLauncher } from '../process/spawn/launcher-environment.js';

export type MpiTrial =
  | { readonly kind: 'started'; readonly threadLevel: string }
  | { readonly kind: 'failed'; readonly reason: string };

export function tryMpi(environment: NodeJS.ProcessEnv): MpiTrial {
  const binding = pathToFileURL(join(packageRoot(), 'dist', 'mpi.js'));
  const program = `const { threadLevel } = await import('${binding}'); console.log(threadLevel());`;
  const asked = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    env: withoutLauncher(environment),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 15_000,
  });
  if (asked.status === 0) return { kind: 'started', threadLevel: asked.stdout.trim() };
  const reason = asked.stderr.split('\n').find((line) => /error/i.test(line)) ?? `exit code ${asked.status}`;
  return { kind: 'failed', reason: reason.trim() };
}
