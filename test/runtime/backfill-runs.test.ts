/** A case that needs every core of a host waits for a long one there, and short ones pass it: over every way of starting. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { availableCores } from '../../src/process/node/cores.js';
import { startShoal } from '../cli/program.js';
import { runnables } from '../mpi/families.js';
import { shoal } from '../program.js';
import { recordSkip } from '../skips.js';

const ways = [
  { name: 'local', launcher: 'local', environment: {} },
  ...runnables
    .filter(({ launcher }) => launcher)
    .map(({ name, launcher }) => ({
      name: name.replace(' ', '-'),
      launcher: 'mpirun',
      environment: { SHOAL_MPIRUN: launcher ?? '' },
    })),
];

const kernel = `export const kernel = { name: 'naps', version: '1', inputs: [{ name: 'ms' }, { name: 'cores' }],
  outputs: [{ name: 'y' }],
  async run({ ms }) { await new Promise((resolve) => setTimeout(resolve, ms)); return { y: ms }; } };
`;

/** They say how long cases take, and how far that scatters. */
const teachers = 10;
const long = teachers;
const large = teachers + 2;

test('short cases pass one that needs all cores of its host, which nobody passes for long', async () => {
  const all = availableCores();
  if (all === 1) {
    recordSkip('short cases that pass large ones: this machine has a single core');
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'shoal-backfill-'));
  try {
    const cases = [
      ...Array.from({ length: teachers }, () => [100, 1]),
      ...[
        [4_000, 1],
        [100, 1],
        [100, all],
        [100, 1],
        [100, 1],
      ],
    ].map(([ms, cores]) => ({ ms, cores }));
    writeFileSync(join(folder, 'kernel.mjs'), kernel);
    const tasks = { resources: { cores: 'cores' }, priority: 'fifo' };
    const study = { name: 'backfill', kernel: './kernel.mjs', cost: 'ms', cases, tasks };
    writeFileSync(join(folder, 'study.json'), JSON.stringify(study));
    const sessions = ways.map(({ name, launcher, environment }) => {
      const argv = [
        'run',
        'study.json',
        '--run-dir',
        name,
        '--ranks',
        '2',
        '--launcher',
        launcher,
        '--quiet',
      ];
      return {
        name,
        session: startShoal(folder, argv, { ...environment, XDG_CACHE_HOME: join(folder, name) }),
      };
    });
    for (const { name, session } of sessions) {
      const { code, stderr } = await session.ended;
      expect(code, `${name}: ${stderr}`).toBe(0);
      const output = join(folder, `${name}.jsonl`);
      shoal(['export', name, '--format', 'jsonl', '--execution', '--output', output], { cwd: folder });
      const begun = readFileSync(output, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
        .toSorted((a, b) => Date.parse(a.start) - Date.parse(b.start))
        .map(({ first_case }) => Number(first_case));
      expect(begun, name).toHaveLength(cases.length);
      expect(begun.indexOf(long), name).toBeLessThan(begun.indexOf(large));
      // One behind it in the order began before it.
      expect(begun.indexOf(large + 1), name).toBeLessThan(begun.indexOf(large));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
