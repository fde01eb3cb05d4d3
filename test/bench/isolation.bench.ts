/**
 * What a chunk costs when its kernel lives in a child, beside the same with the kernel inline: over local transport and
 * under each MPI family; with chunks one at a time, and with as many under way as a worker gets; and what a bare message
 * and its answer take between two processes of Node's. Medians of interleaved rounds.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { packageRoot } from '../../src/process/install.js';
import { type Runnable, runnables, startArguments } from '../mpi/families.js';
import { type Figure, median, rounded } from './figure.js';

const rounds = 5;
const chunks = 20_000;
const depths = { 'one at a time': 1, pipelined: 1024 } as const;

export async function* figures(): AsyncGenerator<Figure> {
  yield* floor(await bundle('ping-pong'));
  const program = await bundle('place');
  for (const family of [undefined, ...runnables]) {
    if (family && !family.launcher) continue;
    for (const [name, depth] of Object.entries(depths)) yield* measure(program, family, name, depth);
  }
}

function* measure(
  program: string,
  family: Runnable | undefined,
  way: string,
  depth: number,
): Generator<Figure> {
  const times = { inline: [] as number[], process: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    for (const place of ['inline', 'process'] as const) {
      const time = runOnce(family, [process.execPath, program, place, String(chunks), String(depth)]);
      if (time !== undefined) times[place].push(time);
    }
  }
  const [inline, isolated] = [median(times.inline), median(times.process)];
  if (inline === undefined || isolated === undefined) return;
  yield {
    figure: 'isolation.process',
    value: rounded(isolated),
    unit: 'us a chunk',
    transport: family?.name ?? 'local',
    chunks: way,
    inline: rounded(inline),
    overhead: rounded(isolated - inline),
  };
}

function runOnce(family: Runnable | undefined, command: readonly string[]): number | undefined {
  const { args, env } = family
    ? startArguments(family, 2, [...command])
    : { args: command.slice(1), env: process.env };
  const { stdout, status } = spawnSync(family?.launcher ?? (command[0] as string), args, {
    encoding: 'utf8',
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 120_000,
  });
  return status === 0 ? Number(stdout.trim()) : undefined;
}

function* floor(program: string): Generator<Figure> {
  const times = { 'event-loop': [] as number[], blocking: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    for (const way of ['event-loop', 'blocking'] as const) {
      const time = runOnce(undefined, [process.execPath, program, way, String(chunks)]);
      if (time !== undefined) times[way].push(time);
    }
  }
  for (const [way, measured] of Object.entries(times)) {
    const time = median(measured);
    if (time !== undefined)
      yield {
        figure: 'isolation.floor',
        value: rounded(time),
        unit: 'us a round',
        of: `Node to Node, child waits: ${way}`,
      };
  }
}

async function bundle(name: string): Promise<string> {
  const file = join(packageRoot(), 'build', 'bench', `isolation-${name}.mjs`);
  const bundle = await rolldown({
    input: join(packageRoot(), 'test', 'bench', 'isolation', `${name}.ts`),
    cwd: packageRoot(),
    platform: 'node',
    external: [/^node:/, 'koffi', 'rolldown', /\.node$/],
    tsconfig: false,
  });
  await bundle.write({ file, format: 'esm', codeSplitting: false });
  await bundle.close();
  return file;
}
