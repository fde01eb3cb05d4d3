/**
 * Empty tasks a second through the coordinator, one coordinator and one worker, under each MPI family; a farm in C and
 * two in Python run in the same rounds. Medians of three interleaved rounds.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { packageRoot } from '../../src/process/install.js';
import { type Runnable, runnables, startArguments } from '../mpi/families.js';
import { type Figure, median, rounded } from './figure.js';

const folder = join(packageRoot(), 'test', 'bench', 'tasks');
const build = join(packageRoot(), 'build', 'bench');
const rounds = 3;

interface Contender {
  readonly name: string;
  /** Program and arguments behind the launcher's; undefined where it cannot run under this family. */
  readonly command: readonly string[] | undefined;
  readonly hasJournal?: boolean;
  /** Name of the peer that the ratio is taken to. */
  readonly peer?: string;
}

export async function* figures(): AsyncGenerator<Figure> {
  const ours = await bundleOurs();
  for (const family of runnables) {
    if (family.launcher) yield* measure(family, contenders(family, ours));
  }
}

async function* measure(family: Runnable, list: readonly Contender[]): AsyncGenerator<Figure> {
  const rates = new Map<string, number[]>(list.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const contender of list) {
      const rate = runOnce(family, contender);
      if (rate !== undefined) rates.get(contender.name)?.push(rate);
    }
  }
  for (const { name, peer } of list) {
    const value = median(rates.get(name) ?? []);
    if (value === undefined) continue;
    const peerRate = peer ? median(rates.get(peer) ?? []) : undefined;
    yield {
      figure: `tasks.${name}`,
      value: rounded(value),
      unit: 'tasks/s',
      mpi: family.name,
      ...(peer && peerRate !== undefined ? { [`ratio to ${peer}`]: rounded(value / peerRate) } : {}),
    };
  }
}

function contenders(family: Runnable, ours: string): readonly Contender[] {
  const node = (mode: string, cases: number) => [process.execPath, ours, mode, String(cases)];
  const c = compileFarm(family);
  // Debian builds mpi4py against Open MPI.
  const python = family.name === 'Open MPI' ? findPython() : undefined;
  const farm = join(folder, 'farm.py');
  return [
    { name: 'single', command: node('single', 1_000_000), peer: 'mpi4py' },
    { name: 'batched', command: node('batched', 5_000_000), peer: 'c' },
    { name: 'batched-journalled', command: node('batched', 5_000_000), hasJournal: true, peer: 'c' },
    { name: 'chunks', command: node('chunks', 40_000_000), peer: 'c' },
    { name: 'results-31-doubles-journalled', command: node('results', 1_000_000), hasJournal: true },
    { name: 'c', command: c ? [c, '2000000', '8'] : undefined },
    { name: 'mpi4py', command: python ? [python, farm, '500000', '8'] : undefined },
    {
      name: 'mpi4py.futures',
      command: python ? [python, '-m', 'mpi4py.futures', join(folder, 'futures.py'), '4000'] : undefined,
    },
  ];
}

function runOnce(family: Runnable, { command, hasJournal }: Contender): number | undefined {
  if (!command || !family.launcher) return undefined;
  const journal = hasJournal ? mkdtempSync(join(tmpdir(), 'shoal-bench-')) : undefined;
  const { args, env } = startArguments(family, 2, [...command, ...(journal ? [journal] : [])]);
  const { stdout, status } = spawnSync(family.launcher, args, {
    encoding: 'utf8',
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 120_000,
  });
  if (journal) rmSync(journal, { recursive: true });
  if (status !== 0) return undefined;
  const text = stdout.trim();
  return text.startsWith('{') ? (JSON.parse(text) as { value: number }).value : Number(text);
}

async function bundleOurs(): Promise<string> {
  const file = join(build, 'tasks-ours.mjs');
  const bundle = await rolldown({
    input: join(folder, 'ours.ts'),
    cwd: packageRoot(),
    platform: 'node',
    external: [/^node:/, 'koffi', 'rolldown', /\.node$/],
    tsconfig: false,
  });
  await bundle.write({ file, format: 'esm', codeSplitting: false });
  await bundle.close();
  return file;
}

function compileFarm({ name, compiler }: Runnable): string | undefined {
  if (!compiler) return undefined;
  mkdirSync(build, { recursive: true });
  const program = join(build, `farm-${name.replace(' ', '').toLowerCase()}`);
  const { status } = spawnSync(compiler, ['-O2', '-o', program, join(folder, 'farm.c')], {
    stdio: ['ignore', 2, 2],
  });
  return status === 0 ? program : undefined;
}

/** A Python with mpi4py: the distribution's own, which its packages are for, before any other in the path. */
function findPython(): string | undefined {
  return ['/usr/bin/python3', 'python3'].find(
    (python) => spawnSync(python, ['-c', 'import mpi4py'], { stdio: 'ignore' }).status === 0,
  );
}
