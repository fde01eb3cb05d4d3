/** Stopping a run whose cases do not end in time, over every way of starting processes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startShoal } from '../cli/program.js';
import { runnables } from '../mpi/families.js';
import { eventually, processesMarked } from '../process/marked.js';
import { expectResumable, folder, noted, notes, runDirOf, setUpStops, study, watched } from './stops.js';

setUpStops();

const ways = [
  { name: 'local', options: ['--launcher', 'local'], environment: {}, isMissing: false },
  ...runnables.map(({ name, launcher }) => ({
    name: name.replace(' ', '-'),
    options: ['--launcher', 'mpirun'],
    environment: { SHOAL_MPIRUN: launcher ?? '' },
    isMissing: !launcher,
  })),
];

for (const { name, options, environment, isMissing } of ways) {
  describe.skipIf(isMissing)(`over ${name}`, () => {
    test('a case that does not end is cut when the time is over; the others are kept', async () => {
      const runDir = runDirOf(name);
      const argv = ['run', study, '--run-dir', runDir, '--ranks', '2', '--chunk', '1', ...options];
      const session = watched(startShoal(folder, argv, { SHOAL_TEST_NOTES: notes, ...environment }));
      // All but the long case and what its worker holds behind it.
      expect(await eventually(() => noted() >= 40)).toBe(true);
      session.child.kill('SIGTERM');
      const { code, stdout, stderr } = await session.ended;
      expect(stderr).toMatch(/workers still compute after 5 s; their cases are left for a resume/);
      expect(stdout).toContain('(interrupted)');
      expect(code).toBe(130);
      expect(await eventually(() => processesMarked(session.mark).length === 0)).toBe(true);
      const manifest = JSON.parse(readFileSync(join(runDir, 'manifest.json'), 'utf8'));
      expect(manifest.sessions).toMatchObject([{ state: 'interrupted', end: expect.any(String) }]);
      expect(expectResumable(name)).toBeGreaterThan(30);
    });
  });
}
