/** MPI kernels: cases that several ranks of a job compute together. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../../../src/process/install.js';
import { runnables, runRanks } from '../../mpi/families.js';
import { program, shoal } from '../../program.js';

let folder: string;
let main: string;
const poisson = join(packageRoot(), 'examples', '07-mpi-kernel', 'study.yaml');

/** Each rank of the gang adds its part; case 1 fails at one rank, case 2 at two. */
const kernel = `export const kernel = { name: 'parts', version: '1', inputs: [{ name: 'x' }],
  outputs: [{ name: 'sum' }, { name: 'size', dtype: 'int32' }],
  run({ x }, { comm, first }) {
    if (first === 1 && comm.rank === 2) throw new RangeError('rank 2 of case 1');
    if (first === 2 && comm.rank > 0) throw new TypeError('rank ' + comm.rank + ' of case 2');
    const all = new Float64Array(1);
    if (first !== 1 && first !== 2) comm.allreduce(Float64Array.of(x * (comm.rank + 1)), all, 'sum');
    return { sum: comm.rank === 0 ? all[0] : NaN, size: comm.size };
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
    'a case fails at all ranks with what the lowest of those says where it fails',
    async () => {
      const ended = await run(7, join(folder, 'study.yaml'), `${name}-parts`);
      expect(ended).toMatchObject({ code: 1 });
      const rows = csv(`${name}-parts`).trim().split('\n').slice(1);
      expect(rows).toHaveLength(40);
      expect(rows[1]).toBe('1,2,,,failed,RangeError,rank 2 of case 1');
      expect(rows[2]).toBe('2,3,,,failed,TypeError,rank 1 of case 2');
      expect(rows[39]).toBe('39,40,240,3,completed,,');
    },
  );

  test.skipIf(!launcher)('a rank that cannot load the kernel is named, and nobody waits for it', async () => {
    const ended = await run(4, join(folder, 'lame.yaml'), `${name}-lame`);
    expect(ended.code).not.toBe(0);
    expect(ended.stderr).toContain('rank 3 is lame');
  });

  test.skipIf(!launcher)('too few ranks, and what one process would have to do, are refused', async () => {
    const few = await run(3, join(folder, 'study.yaml'), `${name}-few`);
    expect(few.stderr).toContain('an MPI kernel of 3 ranks needs a job of 4 and more');
    const verified = await run(4, join(folder, 'study.yaml'), `${name}-verify`, '--verify', '3');
    expect(verified.stderr).toContain('an MPI kernel cannot be verified by one process');
    const nodes = await run(4, join(folder, 'study.yaml'), `${name}-nodes`, '--coordinators', '1');
    expect(nodes.stderr).toContain('an MPI kernel goes without node coordinators');
  });
});

test('an MPI kernel outside of a job is refused', () => {
  const done = shoal(['run', 'study.yaml', '--ranks', '4'], { cwd: folder });
  expect(done.status).toBe(2);
  expect(done.stderr).toContain('got no MPI job');
});
