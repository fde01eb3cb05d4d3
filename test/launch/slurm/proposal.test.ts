import { describe, expect, test } from 'vitest';
import { type ProposalRequest, propose } from '../../../src/launch/slurm/proposal.js';
import { planOf } from './cases.js';

const hour = 3_600_000;

function asked(changes: Partial<ProposalRequest> = {}): ProposalRequest {
  return {
    ...{ ranks: 'auto', timeMs: 'auto', ranksPerTask: 1, mostRanks: undefined, mostTimeMs: undefined },
    plan: planOf(100 * hour),
    ...changes,
  };
}

describe('what is proposed', () => {
  test('as many ranks as are busy, and a quarter more time than predicted', async () => {
    const { ranks, timeMs, why } = await propose(asked());
    // Of these the efficiency is 1 - 0.06 · 5 = 0.7, of twice as many 0.64.
    expect(ranks).toBe(32);
    const makespan = (100 * hour) / 32 / 0.7;
    expect(timeMs).toBeGreaterThanOrEqual(1.25 * makespan + 120_000);
    expect(timeMs).toBeLessThan(1.25 * makespan + 120_000 + 1_000_000);
    expect(why).toMatch(
      /100 cases left.*32 ranks: 4:27:51, 70 % of their time computing; 64 ranks would take/,
    );
  });

  test('no more ranks for what is short already', async () => {
    expect((await propose(asked({ plan: planOf(300_000) }))).ranks).toBe(1);
  });

  test('the fewest ranks that end in the time that is given', async () => {
    const { ranks, timeMs } = await propose(asked({ timeMs: 11 * hour }));
    expect([ranks, timeMs]).toEqual([16, 11 * hour]);
  });

  test('time for the ranks that are given', async () => {
    const { ranks, timeMs } = await propose(asked({ ranks: 4 }));
    expect(ranks).toBe(4);
    expect(timeMs).toBeGreaterThan(1.25 * 25 * hour);
  });

  test('never more than the site allows, and how many jobs that takes', async () => {
    const { ranks, timeMs, why } = await propose(asked({ mostRanks: 8, mostTimeMs: 2 * hour }));
    expect([ranks, timeMs]).toEqual([8, 2 * hour]);
    expect(why).toMatch(/about 10 jobs in a chain/);
  });

  test('of MPI kernels whole teams, and rank 0', async () => {
    const { ranks } = await propose(asked({ ranksPerTask: 4, mostRanks: 20 }));
    expect((ranks - 1) % 4).toBe(0);
    expect(ranks).toBeLessThanOrEqual(20);
  });

  test('of a job array the time of the shards of one task', async () => {
    const { timeMs } = await propose(asked({ ranks: 1, shards: { count: 100, each: 2 } }));
    expect(timeMs).toBeGreaterThanOrEqual(1.5 * 2 * hour);
    expect(timeMs).toBeLessThan(4 * hour);
  });

  test('nothing where nothing is left', async () => {
    const plan = async () => ({ ...(await planOf(hour)([1])), remaining: 0, forecasts: [] });
    await expect(propose(asked({ plan }))).rejects.toThrow('every case of the study is done');
  });
});
