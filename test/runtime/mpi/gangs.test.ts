/** MPI kernels: cases that several ranks of a job compute together. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../../../src/process/install.js';
import { runnableOpenMpi5, runnables, runRanks } from '../../mpi/families.js';
import { program, shoal } from '../../program.js';

const five = runnableOpenMpi5();

let folder: string;
let main: string;
const poisson = join(packageRoot(), 'examples', '07-mpi-kernel', 'study.yaml');

/**
 * Each rank of the gang adds its part; case 1 fails at one rank, case 2 at two. Case 3 leaves a message behind when it
 * fails at rank 0; every later case sends one that is received.
 */
const kernel = `export const kernel = { name: 'parts', version: '1', inputs: [{ name: 'x' }],
  outputs: [{ name: 'sum' }, { name: 'heard' }, { name: 'size', dtype: 'int32' }],
  run({ x }, { comm, first }) {
    if (first === 1 && comm.rank === 2) throw new RangeError('rank 2 of case 1');
    if (first === 2 && comm.rank > 0) throw new TypeError('rank ' + comm.rank + ' of case 2');
    if (comm.rank === 0) comm.send(Float64Array.of(x), 1, 5);
    if (first === 3) throw new RangeError('case 3 fails, and its message is not received');
    const [all, heard] = [new Float64Array(1), new Float64Array(1)];
    if (first !== 1 && first !== 2) {
      if (comm.rank === 1) comm.recv(heard, 0, 5);
      comm.bcast(heard, 1);
      comm.allreduce(Float64Array.of(x * (comm.rank + 1)), all, 'sum');
    }
    return { sum: comm.rank === 0 ? all[0] : NaN, heard: heard[0], size: comm.size };
  } };
`;

/** Case 3 fails at rank 2, in the middle of the others' collective call. */
const deserting = `export const kernel = { name: 'deserting', version: '1', inputs: [{ name: 'x' }],
  outputs: [{ name: 'sum' }],
  run({ x }, { comm, first }) {
    if (first === 3 && comm.rank === 2) throw new RangeError('rank 2 of case 3');
    const all = new Float64Array(1);
    comm.allreduce(Float64Array.of(x), all, 'sum');
    return { sum: all[0] };
  } };
`;

/** The first gang that computes case 3 loses its rank 1 by it. */
const dying = `import { existsSync, writeFileSync } from 'node:fs';
export const kernel = { name: 'dying', version: '1', inputs: [{ name: 'x' }, { name: 'mark', dtype: 'string' }],
  outputs: [{ name: 'sum' }],
  run({ x, mark }, { comm, first }) {
    if (first === 3 && comm.rank === 1 && !existsSync(mark)) {
      writeFileSync(mark, '');
      process.kill(process.pid, 'SIGKILL');
    }
    const all = new Float64Array(1);
    comm.allreduce(Float64Array.of(x), all, 'sum');
    return { sum: all[0] };
  } };
`;

const studyText = `name: parts
kernel: ./kernel.mjs
parameters: { x: { linspace: [1, 40, 40] } }
execution: { ranks_per_task: 3, nan: refuse }
output: [csv]
`;

beforeAll(() => {
  main = program();
  folder = mkdtempSync(join(tmpdir(), 'shoal-gangs-'));
  writeFileSync(join(folder, 'kernel.mjs'), kernel);
  writeFileSync(join(folder, 'study.yaml'), studyText);
  writeFileSync(
    join(folder, 'lame.mjs'),
    `if ((process.env.OMPI_COMM_WORLD_RANK ?? process.env.PMI_RANK) === '3') throw new Error('rank 3 is lame');\n${kernel}`,
  );
  writeFileSync(join(folder, 'lame.yaml'), studyText.replace('kernel.mjs', 'lame.mjs'));
  for (const [file, text] of Object.entries({ deserting, dying })) {
    writeFileSync(join(folder, `${file}.mjs`), text);
    writeFileSync(join(folder, `${file}.yaml`), studyText.replace('kernel.mjs', `${file}.mjs`));
  }
  const mark = `mark: ${JSON.stringify(join(folder, 'died'))}`;
  writeFileSync(
    join(folder, 'dying.yaml'),
    studyText.replace('kernel.mjs', 'dying.mjs').replace('[1, 40, 40] }', `[1, 40, 40] }, ${mark}`),
  );
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe.each(runnables)('MPI kernels under $name', (family) => {
  const { name, launcher } = family;
  const run = (ranks: number, study: string, runDir: string, ...options: string[]) =>
    runRanks(family, main, {
      ranks,
      args: ['run', study, '--run-dir', join(folder, runDir), '--quiet', ...options],
    });
  const csv = (runDir: string): string => readFileSync(join(folder, runDir, 'results.csv'), 'utf8');

  test.skipIf(!launcher)(
    'a distributed solve converges, with the same bits over any number of gangs',
    async () => {
      const one = `${name}-one`;
      const two = `${name}-two`;
      expect(await run(4, poisson, one)).toMatchObject({ code: 0 });
      const ended = await run(8, poisson, two, '--chunk', '2', '--strategy', 'guided');
      expect(ended).toMatchObject({ code: 0 });
      expect(ended.stderr).toContain('1 of 8 ranks has nothing to do');
      expect(csv(two)).toBe(csv(one));
      const errors = csv(one)
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => Number(line.split(',')[3]));
      // Second order: half the distance, a quarter of the error.
      for (const i of [0, 1, 2, 3]) {
        const ratio = (errors[i] as number) / (errors[i + 2] as number);
        expect(ratio).toBeGreaterThan(3.8);
        expect(ratio).toBeLessThan(4.2);
      }
    },
  );

  test.skipIf(!launcher)(
    'a case fails at all ranks with what the lowest of those says where it fails, and what it sent is not received by the next',
    async () => {
      const ended = await run(4, join(folder, 'study.yaml'), `${name}-parts`);
      expect(ended).toMatchObject({ code: 1 });
      const rows = csv(`${name}-parts`).trim().split('\n').slice(1);
      expect(rows).toHaveLength(40);
      expect(rows[1]).toBe('1,2,,,,failed,RangeError,rank 2 of case 1');
      expect(rows[2]).toBe('2,3,,,,failed,TypeError,rank 1 of case 2');
      expect(rows[3]).toBe('3,4,,,,failed,RangeError,"case 3 fails, and its message is not received"');
      for (const [i, row] of rows.entries()) {
        if (i === 0 || i > 3) expect(row).toBe(`${i},${i + 1},${6 * (i + 1)},${i + 1},3,completed,,`);
      }
    },
  );

  test.skipIf(!launcher)(
    'a case whose ranks wait for one that failed ends them when its time is over',
    async () => {
      const ended = await run(4, join(folder, 'deserting.yaml'), `${name}-deserting`, '--timeout', '4');
      expect([0, 1]).not.toContain(ended.code);
      expect(ended.stderr).toContain('case 3 has taken longer than 4 s');
    },
  );

  test.skipIf(!launcher)('a rank that cannot load the kernel is named, and nobody waits for it', async () => {
    const ended = await run(4, join(folder, 'lame.yaml'), `${name}-lame`);
    expect(ended.code).not.toBe(0);
    expect(ended.stderr).toContain('rank 3 is lame');
  });
});

// Rank 0 refuses them before it speaks to another: the library makes no difference.
const any = runnables.find(({ launcher }) => launcher);

test.skipIf(!any).each([
  { ranks: 3, options: [], words: 'an MPI kernel of 3 ranks needs a job of 4 and more' },
  { ranks: 4, options: ['--verify', '3'], words: 'an MPI kernel cannot be verified by one process' },
  { ranks: 4, options: ['--coordinators', '1'], words: 'an MPI kernel goes without node coordinators' },
])('in a job of $ranks ranks with $options it is refused: $words', async ({ ranks, options, words }) => {
  const args = [
    'run',
    join(folder, 'study.yaml'),
    '--run-dir',
    join(folder, 'refused'),
    '--quiet',
    ...options,
  ];
  expect((await runRanks(any!, main, { ranks, args })).stderr).toContain(words);
});

describe.skipIf(!five.launcher)('MPI kernels in a job that survives the loss of ranks', () => {
  const run = (ranks: number, study: string) =>
    runRanks(five, main, {
      ...{ ranks, launcherFlags: ['--with-ft', 'ulfm'] },
      args: ['run', join(folder, `${study}.yaml`), '--run-dir', join(folder, `five-${study}`), '--quiet'],
    });
  const rowsOf = (study: string): string[] =>
    readFileSync(join(folder, `five-${study}`, 'results.csv'), 'utf8')
      .trim()
      .split('\n')
      .slice(1);

  test('a rank that fails in the middle of a collective call fails its case, and nobody waits', async () => {
    const ended = await run(4, 'deserting');
    expect(ended, ended.stderr).toMatchObject({ code: 1 });
    const rows = rowsOf('deserting');
    expect(rows[3]).toBe('3,4,,failed,RangeError,rank 2 of case 3');
    expect(rows.filter((row) => row.includes('completed'))).toHaveLength(39);
  });

  test('a gang that loses a rank costs its cases, which another computes', async () => {
    const ended = await run(7, 'dying');
    expect(ended, ended.stderr).toMatchObject({ code: 0 });
    expect(ended.stderr).toMatch(/worker [14] was lost; its cases are computed by others/);
    const rows = rowsOf('dying');
    expect(rows).toHaveLength(40);
    expect(rows.every((row, i) => row.includes(`,${3 * (i + 1)},completed`))).toBe(true);
  });
});

test('an MPI kernel outside of a job is refused', () => {
  const done = shoal(['run', 'study.yaml', '--ranks', '4'], { cwd: folder });
  expect(done.status).toBe(2);
  expect(done.stderr).toContain('got no MPI job');
});
