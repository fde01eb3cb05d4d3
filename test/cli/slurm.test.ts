/** The command slurm as a user types it, and the preflight that its scripts begin with. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findMpi } from '../../src/mpi/index.js';
import { program, shoal } from '../program.js';
import { recordSkip } from '../skips.js';

describe('slurm and info --check', () => {
  let folder: string;
  const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    shoal(args, {
      cwd: folder,
      env: { XDG_CONFIG_HOME: join(folder, 'config'), XDG_CACHE_HOME: join(folder, 'cache'), ...env },
    });

  beforeAll(() => {
    program();
    folder = mkdtempSync(join(tmpdir(), 'shoal-slurm-cli-'));
    const sites = join(folder, 'config', 'shoal', 'sites');
    mkdirSync(sites, { recursive: true });
    writeFileSync(join(sites, 'home.yaml'), 'job: { partition: home }\nmpi: mpich\n');
    writeFileSync(
      join(folder, 'kernel.mjs'),
      `export const kernel = { name: 'twice', version: '1', inputs: [{ name: 'x' }], outputs: [{ name: 'y' }],
        run: ({ x }) => { const end = performance.now() + 5; while (performance.now() < end); return { y: 2 * x }; } };`,
    );
    writeFileSync(join(folder, 'study.yaml'), study('slurm: { site: home, time: 1 h }'));
    writeFileSync(join(folder, 'wrong.yaml'), study('slurm: { partion: long }'));
    writeFileSync(join(folder, 'missing.yaml'), study('').replace('./kernel.mjs', './none.mjs'));
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test('the script is all of standard output, with the site of the study and the options of run', () => {
    const { status, stdout, stderr } = run([
      ...['slurm', 'study.yaml', '--ranks', '8', '--qos', 'high', '--exclusive', '--timeout', '5 min'],
      ...['--environment', 'A=1,B=x y', '--mail-type', 'END,FAIL'],
    ]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const line of [
      '#SBATCH --partition=home',
      '#SBATCH --ntasks=8',
      '#SBATCH --time=01:00:00',
      '#SBATCH --exclusive',
      '#SBATCH --mail-type=END,FAIL',
      "export B='x y'",
      `study=${join(folder, 'study.yaml')}`,
      `run_dir=${join(folder, 'runs', 'twice')}`,
    ]) {
      expect(stdout.split('\n')).toContain(line);
    }
    expect(stdout).toContain(`run "$study" --run-dir "$run_dir" '--timeout=5 min' &`);
    expect(stdout).toContain('info --check --mpi mpich');
  });

  test('--json has the settings beside the script', () => {
    const { stdout } = run(['slurm', 'study.yaml', '--shards', '3', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ name: 'twice', site: 'home', shape: { kind: 'array', shards: 3, tasks: 3 } },
      job: { partition: ['home'], time: 3_600_000, jobName: 'twice', requeue: true },
      shardsDir: join(folder, 'runs', 'twice-shards'),
      text: expect.stringContaining('#SBATCH --array=1-3'),
    });
  });

  test('auto takes what earlier cases took, and says why; without any it is refused', () => {
    const early = run(['slurm', 'study.yaml', '--ranks', 'auto', '--time', 'auto']);
    expect([early.status, early.stderr]).toEqual([
      2,
      expect.stringContaining('nothing is known of how long'),
    ]);
    expect(run(['run', 'study.yaml', '--limit', '20', '--ranks', '1', '--quiet']).status).toBe(0);
    const { status, stdout, stderr } = run(['slurm', 'study.yaml', '--ranks', 'auto', '--time', 'auto']);
    expect([status, stderr]).toEqual([
      0,
      expect.stringContaining('80 cases left, predicted from the times of 20'),
    ]);
    expect(stdout).toContain('#SBATCH --ntasks=1\n');
    expect(stdout).toContain('#SBATCH --time=00:05:00\n');
    expect(stdout).toContain('# Proposed: 80 cases left');
  });

  test.each<[string, readonly string[], string]>([
    ['an unknown option', ['study.yaml', '--partion', 'x'], "Did you mean '--partition'?"],
    [
      'an unknown key of the study',
      ['wrong.yaml'],
      "slurm.partion: Unknown key 'partion'. Did you mean 'partition'?",
    ],
    ['an unknown site', ['study.yaml', '--site', 'hom'], "Did you mean 'home'?"],
    [
      'a time without a unit',
      ['study.yaml', '--time', '90'],
      '--time cannot be used (expected auto or a time with its unit',
    ],
    ['a number that is none', ['study.yaml', '--ntasks', 'four'], '--ntasks cannot be used'],
    ['no ranks', ['study.yaml', '--ntasks', '0'], '--ntasks cannot be used (expected a number, at least 1'],
    ['no nodes', ['study.yaml', '--nodes', '0'], '--nodes cannot be used'],
    [
      'two numbers of ranks',
      ['study.yaml', '--ntasks', '4', '--ranks', '5'],
      '--ranks and --ntasks are one setting',
    ],
    [
      'an option of run that it would refuse',
      ['study.yaml', '--strategy', 'best'],
      '--strategy cannot be used',
    ],
  ])('%s is refused', (_, args, message) => {
    const { status, stdout, stderr } = run(['slurm', ...args]);
    expect({ status, stdout, stderr }).toEqual({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining(message),
    });
  });

  test('info --check says in one line what is right', () => {
    const { status, stdout } = run(['info', '--check', '--mpi', 'none', '--study', 'study.yaml']);
    expect([status, stdout]).toEqual([
      0,
      expect.stringMatching(/^ready on \S+: Node v[\d.]+, kernel twice \(typescript\)\n$/),
    ]);
  });

  test('info --check ends with 2 and a line for each thing that is wrong', () => {
    const { status, stdout, stderr } = run(
      ['info', '--check', '--mpi', 'openmpi', '--study', 'missing.yaml'],
      {
        SHOAL_LIBMPI: join(folder, 'none.so'),
      },
    );
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr.trim().split('\n')).toEqual([
      expect.stringMatching(/^shoal: not ready on \S+: .*none\.so/),
      expect.stringMatching(/^shoal: not ready on \S+: .*none\.mjs/),
    ]);
  });

  test('info --check refuses a library of another family than the launcher', () => {
    const { choice } = findMpi();
    if (!choice || choice.family === 'mpi5') {
      recordSkip('info --check with an MPI library of the wrong family: none is found here');
      return;
    }
    const other = choice.family === 'openmpi' ? 'mpich' : 'openmpi';
    const { status, stderr } = run(['info', '--check', '--mpi', other], { SHOAL_LIBMPI: choice.path });
    expect([status, stderr]).toEqual([
      2,
      expect.stringContaining(`the ranks are to be started for ${other}`),
    ]);
  });
});

const study = (more: string) => `name: twice
kernel: ./kernel.mjs
parameters: { x: { linspace: [0, 99, 100] } }
${more}
`;
