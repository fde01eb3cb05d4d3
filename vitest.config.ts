import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// Node parses all certificates of this file at each start, which takes longer than the rest of it.
// What speaks to a registry gets it back (test/package).
const { NODE_EXTRA_CA_CERTS: certificates } = process.env;
if (certificates) {
  process.env.SHOAL_TEST_CA_CERTS = certificates;
  delete process.env.NODE_EXTRA_CA_CERTS;
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Only what hangs needs longer, also on a machine that others keep busy.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    pool: 'forks',
    // More than the two cores that they are made for: much of the time they wait for other processes.
    maxWorkers: 3,
    // What runs of tests build and learn stays out of the user's cache.
    env: { XDG_CACHE_HOME: join(import.meta.dirname, 'build', 'test-cache') },
  },
});
