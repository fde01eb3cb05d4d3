/** Runs that have less time than they need, over every way of starting processes. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startShoal } from '../cli/program.js';
import { runnables } from '../mpi/families.js';
import { eventually, processesMarked } from '../process/marked.js';
import { shoal } from '../program.js';
import { expectResumable, folder, notes, runDirOf, setUpStops, study, watched } from './stops.js';

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

// All at once: each has time enough to start on a busy machine, and nothing else to do until it is over.
test('a case that does not end is cut when the time is over; the others are kept, over each way', async () => {
  const sessions = ways
    .filter(({ isMissing }) => !isMissing)
    .map(({ name, options, environment }) => {
      const limit = ['--time-limit', '20 s'];
      const argv = [
        'run',
        study,
        '--run-dir',
        runDirOf(name),
        '--ranks',
        '2',
        '--chunk',
        '1',
        ...limit,
        ...options,
      ];
      const own = { SHOAL_TEST_NOTES: `${notes}-${name}`, ...environment };
      return { name, session: watched(startShoal(folder, argv, own)) };
    });
  await Promise.all(sessions.map(({ session }) => session.ended));
  for (const { name, session } of sessions) {
    const { code, stdout } = await session.ended;
    expect(stdout, name).toMatch(/time limit: \d+ cases? left when the time was over/);
    expect(stdout, name).toContain('(interrupted)');
    expect(code, name).toBe(130);
    expect(await eventually(() => processesMarked(session.mark).length === 0), name).toBe(true);
    const manifest = JSON.parse(readFileSync(join(runDirOf(name), 'manifest.json'), 'utf8'));
    expect(manifest.sessions, name).toMatchObject([
      { state: 'interrupted', facts: { reason: expect.stringMatching(/^time limit: /) } },
    ]);
    expectResumable(name);
  }
});

/**
 * Each case takes 4.5 s, unless the test is in a hurry: two of them leave so much time that one that is held up still
 * ends in it.
 */
const steady = `const pause = new Int32Array(new SharedArrayBuffer(4));
export const kernel = { name: 'steady', version: '1', inputs: [{ name: 'x' }], outputs: [{ name: 'y' }],
  run({ x }) {
    if (!process.env.SHOAL_TEST_QUICK) Atomics.wait(pause, 0, 0, 4500);
    return { y: x };
  } };
`;

test('what cannot end in time is not started, and resume goes on with it', () => {
  writeFileSync(join(folder, 'steady.mjs'), steady);
  const file = join(folder, 'steady.yaml');
  writeFileSync(
    file,
    'name: steady\nkernel: ./steady.mjs\nparameters:\n  x: { linspace: [0, 99, 100] }\noutput: [csv]\n',
  );
  const runDir = runDirOf('steady');
  const options = ['--ranks', '2', '--quiet', '--json'];
  const first = shoal(['run', file, '--run-dir', runDir, '--time-limit', '16 s', ...options], {
    cwd: folder,
  });
  const outcome = JSON.parse(first.stdout) as { done: number };
  expect(outcome).toMatchObject({
    ...{ exitCode: 130, state: 'interrupted', failed: 0 },
    reason: expect.stringMatching(/^time limit: \d+ cases left, none can end in the remaining \d+ s$/),
  });
  expect(outcome.done).toBeGreaterThan(0);
  expect(outcome.done).toBeLessThan(100);
  const env = { SHOAL_TEST_QUICK: '1' };
  const rest = shoal(['resume', runDir, ...options], { cwd: folder, env });
  expect(JSON.parse(rest.stdout)).toMatchObject({ exitCode: 0, done: 100, computedNow: 100 - outcome.done });
  expect(JSON.parse(rest.stdout)).not.toHaveProperty('reason');
});

test.each(['0', 'soon', '-3 s'])('a time limit of %s is refused', (text) => {
  const { status, stderr } = shoal(['run', study, `--time-limit=${text}`], { cwd: folder });
  expect(status).toBe(2);
  expect(stderr).toContain('--time-limit cannot be used');
});
