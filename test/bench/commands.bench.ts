/**
 * Files of commands: as users run them, journal on, beside xargs, GNU parallel and `wait -n` on the same lines, all two at
 * a time, in rounds that take turns. Rates are those of the clock, and the processor time of a command is that of all
 * that was started for it, so that what else the machine does can be told from them.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findLaunchers } from '../../src/launch/mpirun/launcher.js';
import { mainScript } from '../../src/process/install.js';
import type { CommandStarter } from '../../src/process/spawn/command.js';
import { nodeStarter } from '../../src/process/spawn/node-spawn.js';
import { commandStarter, startCommand } from '../../src/process/spawn/run-command.js';
import { type Figure, median, rounded } from './figure.js';

/** Of these only xargs needs a shell for the second and the third; the last needs one everywhere. */
const lines = {
  program: '/bin/true',
  list: '/bin/true && :',
  files: '/bin/true "$HOME" > /dev/null 2>&1',
  shell: '/bin/true $((1 + 1))',
} as const;
type Kind = keyof typeof lines;

/** Enough that the start of a program counts for little; as many as that take the slower ones minutes. */
const commandCount = 8_000;
const fewer = 1_000;
/** Of shoal and of xargs; once for the others. */
const rounds = 3;
const slots = 2;
const heldMebibytes = 1024;

interface Contender {
  readonly name: string;
  readonly isSlow?: true;
  readonly isCompared?: true;
  /** Runs all lines of the file; throws when one fails. */
  run(file: string, folder: string): void;
}

export async function* figures(): AsyncGenerator<Figure> {
  const folder = mkdtempSync(join(tmpdir(), 'shoal-bench-commands-'));
  try {
    writeFileSync(join(folder, 'ballast.cjs'), ballast);
    for (const kind of Object.keys(lines) as Kind[]) {
      for (const count of [commandCount, fewer, 20]) {
        writeFileSync(join(folder, `${kind}-${count}`), `${lines[kind]}\n`.repeat(count));
      }
      yield* sideBySide(kind, folder);
    }
    yield* inOneProcess(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Measured {
  readonly rate: number;
  readonly cpuMs: number;
}

function* sideBySide(kind: Kind, folder: string): Generator<Figure> {
  const file = join(folder, kind);
  const contenders = [...ours(folder), ...peers(kind)].filter(({ run }) =>
    isAble(() => run(`${file}-20`, folder)),
  );
  const countOf = ({ isSlow }: Contender) => (isSlow ? fewer : commandCount);
  const measured = new Map<string, Measured[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const contender of contenders) {
      if (round > 0 && !contender.isCompared) continue;
      const count = countOf(contender);
      const started = performance.now();
      const cpuBefore = childrenCpuMs();
      contender.run(`${file}-${count}`, folder);
      measured.get(contender.name)?.push({
        rate: count / ((performance.now() - started) / 1000),
        cpuMs: (childrenCpuMs() - cpuBefore) / count,
      });
    }
  }
  const of = (name: string, field: keyof Measured) =>
    median((measured.get(name) ?? []).map((one) => one[field])) ?? Number.NaN;
  for (const contender of contenders) {
    const { name } = contender;
    yield {
      figure: `commands.${kind}`,
      value: rounded(of(name, 'rate')),
      unit: 'commands/s',
      of: name,
      'times xargs': rounded(of(name, 'rate') / of('xargs', 'rate')),
      'processor ms a command': rounded(of(name, 'cpuMs')),
      'at a time': slots,
      commands: countOf(contender),
      line: lines[kind],
    };
  }
}

/** Processor time of all children of this process that have ended, and of theirs. */
function childrenCpuMs(): number {
  const fields = readFileSync('/proc/self/stat', 'latin1')
    .replace(/^.*\) /s, '')
    .split(' ');
  const ticks = Number(fields[13]) + Number(fields[14]);
  return (ticks * 1000) / ticksPerSecond;
}

/** What Linux counts in on every machine that Node runs on. */
const ticksPerSecond = 100;

/** Makes a worker hold memory as one with a large model does. */
const ballast = `
if (process.argv[2] === 'worker-stdio') globalThis.ballast = Buffer.alloc(${heldMebibytes} << 20, 1);
`;

function ours(benchFolder: string): Contender[] {
  const shoal = (
    name: string,
    options: readonly string[],
    environment: NodeJS.ProcessEnv = {},
  ): Contender => ({
    name,
    ...(options.length === 0 && environment.NODE_OPTIONS === undefined ? { isCompared: true } : {}),
    run: (file, folder) => {
      rmSync(join(folder, 'run'), { recursive: true, force: true });
      const argv = [
        mainScript(),
        'run',
        '--commands',
        file,
        '--run-dir',
        'run',
        '--quiet',
        '--ranks',
        String(slots),
      ];
      must(process.execPath, [...argv, ...options], { folder, environment });
    },
  });
  return [
    shoal('shoal, local', []),
    shoal(`shoal, local, workers hold ${heldMebibytes} MiB`, [], {
      NODE_OPTIONS: `--require ${join(benchFolder, 'ballast.cjs')}`,
    }),
    ...findLaunchers(process.env).map(({ family, path }) =>
      shoal(`shoal, mpirun of ${family}`, ['--launcher', 'mpirun'], { SHOAL_MPIRUN: path }),
    ),
  ];
}

/** Each runs a line by `sh -c`, as a user of a file of commands has to; xargs once more without, for plain programs. */
function peers(kind: Kind): Contender[] {
  const script = (name: string, text: string, more: Partial<Contender> = {}): Contender => ({
    ...{ name, ...more },
    run: (file, folder) => must('bash', ['--norc', '-c', text, 'bash', file], { folder }),
  });
  const forPrograms = [
    // What a user of xargs can do where every line is the same program.
    script('xargs, no shell', `xargs -a "$1" -P${slots} -I _ /bin/true`),
    script(
      'bash, wait -n',
      `while read -r line; do
         while [ "$(jobs -rp | wc -l)" -ge ${slots} ]; do wait -n; done
         sh -c "$line" &
       done < "$1"; wait`,
      { isSlow: true },
    ),
  ];
  return [
    script('xargs', `xargs -a "$1" -d '\\n' -P${slots} -n1 sh -c`, { isCompared: true }),
    script('GNU parallel', `parallel --will-cite -j${slots} < "$1"`, { isSlow: true }),
    ...(kind === 'program' ? forPrograms : []),
  ];
}

/** Starting and waiting alone, one at a time, in a process of a few megabytes and in one that holds a gigabyte. */
async function* inOneProcess(folder: string): AsyncGenerator<Figure> {
  const output = openSync(join(folder, 'printed'), 'a');
  const options = { stdout: output, stderr: output, environment: { PATH: process.env.PATH ?? '' } };
  const starters = { posix_spawn: commandStarter(options), "Node's child processes": nodeStarter(options) };
  const small = await ratesOf(starters);
  const held = Array.from({ length: 16 }, () => Buffer.alloc(64 << 20, 1));
  const large = await ratesOf(starters);
  for (const name of Object.keys(starters)) {
    yield {
      figure: 'commands.start',
      value: rounded(large[name] as number),
      unit: 'commands/s',
      of: name,
      'MiB held': held.length * 64,
      'times of a small process': rounded((large[name] as number) / (small[name] as number)),
    };
  }
  for (const starter of Object.values(starters)) starter.close();
  closeSync(output);
}

async function ratesOf(starters: Readonly<Record<string, CommandStarter>>): Promise<Record<string, number>> {
  const rates: Record<string, number> = {};
  for (const [name, starter] of Object.entries(starters)) {
    const started = performance.now();
    let count = 0;
    for (; performance.now() - started < 2_000; count++) {
      const command = { argv: ['/bin/true'], variables: {}, cwd: '/', stdin: '/dev/null' };
      const outcome = startCommand(starter, command, { timeoutMs: 60_000, graceMs: 1_000 });
      if (outcome instanceof Promise) await outcome;
    }
    rates[name] = count / ((performance.now() - started) / 1000);
  }
  return rates;
}

function must(
  program: string,
  args: readonly string[],
  { folder, environment = {} }: { folder: string; environment?: NodeJS.ProcessEnv },
): void {
  const done = spawnSync(program, args, {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...environment },
    encoding: 'utf8',
  });
  if (done.status !== 0)
    throw new Error(`${program} ended with ${done.status ?? done.signal}: ${done.stderr}`);
}

/** A peer that is not installed takes no part. The first run of all is no measurement. */
function isAble(run: () => void): boolean {
  try {
    run();
    return true;
  } catch (error) {
    process.stderr.write(`left out: ${(error as Error).message.split('\n')[0]}\n`);
    return false;
  }
}
