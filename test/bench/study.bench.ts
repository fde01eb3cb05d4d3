/** Whole studies, run as a user runs them: from the command line to the summary, journal on. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mainScript } from '../../src/process/install.js';
import { type Figure, rounded } from './figure.js';

const tem = (name: string, count: number): string => `name: ${name}
solver: tem1d
settings: { response: dbdt, times: { logspace: [1e-6, 1e-3, 31] } }
sample: { count: ${count}, seed: 42 }
parameters:
  resistivities: { lognormal: { mean: 2, std: 0.5, base: 10 }, size: 3 }
  h1: { normal: { mean: 30, std: 5, min: 1 } }
  h2: { normal: { mean: 70, std: 10, min: 1 } }
derived: { depths: [0, h1, h1 + h2] }
output: []
`;

const kernel = `export const kernel = { name: 'sum', version: '1', inputs: [{ name: 'a' }, { name: 'b' }],
  outputs: [{ name: 'c' }],
  runBatch(count, { a, b }, { c }) { for (let i = 0; i < count; i++) c[i] = a[i] + b[i]; } };
`;

const sums = (name: string, count: number): string => `name: ${name}
kernel: ./sum.js
sample: { count: ${count} }
parameters: { a: { uniform: [0, 1] }, b: { uniform: [0, 1] } }
output: []
`;

interface Measured {
  readonly seconds: number;
  /** Of that, from the opened run directory to the last durable case; NaN for commands that compute nothing. */
  readonly computeSeconds: number;
  /** Largest resident size of the process that was started: the coordinator, unless a launcher stands between. */
  readonly mebibytes: number;
}

export async function* figures(): AsyncGenerator<Figure> {
  const folder = mkdtempSync(join(tmpdir(), 'shoal-bench-'));
  try {
    writeFileSync(join(folder, 'sum.js'), kernel);
    yield seconds('study.start', once(folder, sums('start', 1), 'run', '--ranks', '1'), {
      cases: 1,
      ranks: 1,
    });
    const plan = once(folder, sums('plan', 100_000_000), 'plan');
    yield seconds('study.plan', plan, { cases: 1e8 });
    yield mebibytes('study.plan.memory', plan, { cases: 1e8 });
    const many = once(folder, sums('many', 10_000_000), 'run', '--ranks', '1');
    yield seconds('study.sums', many, { cases: 1e7, ranks: 1 });
    yield mebibytes('study.sums.memory', many, { cases: 1e7, ranks: 1 });
    const one = once(folder, tem('one', 500_000), 'run', '--ranks', '1');
    const two = once(folder, tem('two', 500_000), 'run', '--ranks', '2');
    yield {
      figure: 'study.speedup',
      value: rounded(one.computeSeconds / two.computeSeconds),
      unit: 'times',
      ranks: 2,
      cases: 5e5,
      'of the whole command': rounded(one.seconds / two.seconds),
    };
    yield seconds('study.million', once(folder, tem('million', 1_000_000), 'run', '--ranks', '2'), {
      cases: 1e6,
      ranks: 2,
      launcher: 'local',
    });
    if (spawnSync('mpirun', ['--version']).error === undefined) {
      const study = tem('million-mpi', 1_000_000);
      yield seconds('study.million', once(folder, study, 'run', '--ranks', '2', '--launcher', 'mpirun'), {
        cases: 1e6,
        ranks: 2,
        launcher: 'mpirun',
      });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Details = Readonly<Record<string, string | number>>;

function seconds(figure: string, measured: Measured, details: Details): Figure {
  return { figure, value: rounded(measured.seconds), unit: 's', ...details };
}

function mebibytes(figure: string, measured: Measured, details: Details): Figure {
  return { figure, value: Math.round(measured.mebibytes), unit: 'MiB', ...details };
}

/** One run of the program in a folder of its own, after the files it read last are in the page cache. */
function once(folder: string, study: string, command: string, ...options: string[]): Measured {
  writeFileSync(join(folder, 'study.yaml'), study);
  // Not maxRSS: that one is inherited from whoever started the process.
  const report =
    'import { readFileSync } from "node:fs"; process.on("exit", () => ' +
    'console.error("maxrss", /VmHWM:\\s+(\\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]))';
  const started = performance.now();
  const done = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${report}`, mainScript(), command, 'study.yaml', '--json', ...options],
    { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 26 },
  );
  const elapsed = performance.now() - started;
  if (done.status !== 0) throw new Error(`shoal ${command} ended with ${done.status}: ${done.stderr}`);
  const kibibytes = Number(done.stderr.match(/maxrss (\d+)/)?.[1]);
  const { elapsedMs } = JSON.parse(done.stdout) as { elapsedMs?: number };
  return {
    seconds: elapsed / 1000,
    computeSeconds: (elapsedMs ?? Number.NaN) / 1000,
    mebibytes: kibibytes / 1024,
  };
}
