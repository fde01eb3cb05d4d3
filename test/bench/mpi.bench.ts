/** Latency and bandwidth between two ranks by message size, ours against a C program, under each MPI family. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { packageRoot } from '../../src/process/install.js';
import { type Runnable, runnables, startArguments } from '../mpi/families.js';
import { type Figure, rounded } from './figure.js';

interface Line {
  readonly bytes: number;
  readonly us: number;
  readonly MBps: number;
}

const folder = join(packageRoot(), 'test', 'bench', 'mpi');
const build = join(packageRoot(), 'build', 'bench');

export async function* figures(): AsyncGenerator<Figure> {
  mkdirSync(build, { recursive: true });
  const ours = await bundleOurs();
  for (const family of runnables) {
    if (!family.launcher) continue;
    const peer = compilePeer(family);
    const peerLines = peer ? run(family, [peer]) : [];
    for (const { bytes, us, MBps } of run(family, [process.execPath, ours])) {
      const c = peerLines.find((line) => line.bytes === bytes);
      const details = { mpi: family.name, bytes };
      yield {
        figure: 'mpi.latency',
        value: rounded(us),
        unit: 'us',
        ...details,
        ...(c ? { c: rounded(c.us) } : {}),
      };
      yield {
        figure: 'mpi.bandwidth',
        value: rounded(MBps),
        unit: 'MB/s',
        ...details,
        ...(c ? { c: rounded(c.MBps) } : {}),
      };
    }
  }
}

function run(family: Runnable, command: readonly string[]): readonly Line[] {
  const { args, env } = startArguments(family, 2, command);
  const done = spawnSync(family.launcher!, args, { encoding: 'utf8', env, timeout: 120_000 });
  if (done.status !== 0) throw new Error(`${command.join(' ')} under ${family.name}: ${done.stderr}`);
  return done.stdout
    .split(/\r?\n/)
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);
}

function compilePeer(family: Runnable): string | undefined {
  if (!family.compiler) return undefined;
  const file = join(build, `pingpong-${family.name.replaceAll(' ', '-').toLowerCase()}`);
  const done = spawnSync(family.compiler, ['-O2', '-o', file, join(folder, 'pingpong.c')], {
    encoding: 'utf8',
  });
  if (done.status !== 0) throw new Error(done.stderr);
  return file;
}

async function bundleOurs(): Promise<string> {
  const bundled = await rolldown({
    input: join(folder, 'pingpong.ts'),
    cwd: packageRoot(),
    platform: 'node',
    external: [/^node:/, 'koffi'],
    tsconfig: false,
  });
  const file = join(build, 'pingpong.mjs');
  await bundled.write({ file, format: 'esm' });
  await bundled.close();
  return file;
}
