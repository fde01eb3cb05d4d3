/** Moments and targets of kills: random, and the same again for the same seed. */

export interface Random {
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  pick<T>(choices: readonly T[]): T;
}

/** The seed of this test run: SHOAL_CHAOS_SEED repeats the faults of another run, as far as processes repeat. */
export const chaosSeed = Number(process.env.SHOAL_CHAOS_SEED ?? 20);

/** Minutes that the campaign lasts: less than one in every test run, two in `npm run test:chaos`, an hour in a long one. */
export const chaosMinutes = Number(process.env.SHOAL_CHAOS_MINUTES ?? 0.5);

/** Mulberry32: 32 bits of state are plenty for a few thousand draws. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return { between, pick: (choices) => choices[between(0, choices.length - 1)]! };
}
