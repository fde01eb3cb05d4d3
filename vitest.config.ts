import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // More than the two cores that they are made for: much of the time they wait for other processes.
    maxWorkers: 3,
    // What runs of tests build and learn stays out of the user's cache.
    env: { XDG_CACHE_HOME: join(import.meta.dirname, 'build', 'test-cache') },
  },
});
