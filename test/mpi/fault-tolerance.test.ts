/** Jobs that survive the loss of ranks: what is left of them goes on, and nothing is left of those that end. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { eventually, processesMarked } from '../process/marked.js';
import { bundleProgram, type Outcome, runnableOpenMpi5, runRanks } from './families.js';

const five = runnableOpenMpi5();

async function run(program: string, ranks: number, way: string, env = {}): Promise<Outcome> {
  const mark = randomUUID();
  const outcome = await runRanks(five, await bundleProgram(program), {
    ...{ ranks, args: [way], launcherFlags: ['--with-ft', 'ulfm'] },
    env: { ...env, SHOAL_TEST_MARK: mark },
  });
  expect(await eventually(() => processesMarked(mark).length === 0)).toBe(true);
  return outcome;
}

describe.skipIf(!five.launcher)('under Open MPI 5 with fault tolerance', () => {
  it('killed ranks are seen by the others, which revoke, shrink, agree and end in good order', async () => {
    const outcome = await run('ulfm', 5, '');
    expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
    expect(outcome.stdout.match(/rank \d+ done/g)?.sort()).toEqual([
      'rank 0 done',
      'rank 2 done',
      'rank 3 done',
    ]);
  });

  it('a rank that dies before MPI starts is not waited for without end', async () => {
    const outcome = await run('ending-with-ft', 3, 'dies before MPI starts', { SHOAL_MPI_START_LIMIT: '3' });
    expect(outcome.code).toBe(2);
    expect(outcome.stdout).not.toMatch(/started/);
    expect(outcome.stderr).toMatch(/MPI has not started within 3 s: a rank has died/);
  });

  it('an error that nobody catches ends all ranks, those too that compute without a pause', async () => {
    const outcome = await run('ending-with-ft', 3, 'throws');
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toMatch(/TypeError: thrown on purpose/);
  });

  it('ranks that leave one by one end the job with exit code 0, although one died', async () => {
    const outcome = await run('ending-with-ft', 4, 'leaves one by one');
    expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
    expect(outcome.stdout.match(/rank \d+ started/g)).toHaveLength(4);
  });
});
