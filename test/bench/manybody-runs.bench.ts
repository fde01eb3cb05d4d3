/**
 * A many-body run as users start it, on one and two ranks, beside QCManyBody with QCEngine on the same input: a water
 * hexamer to three bodies, 41 calculations by PM6 of MOPAC. `manybody benchmark` compares the answers too: those of one
 * and two ranks bit by bit, the peer's to 1e-6 hartree.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mainScript, packageRoot } from '../../src/process/install.js';
import { qcmanybody } from '../../src/solvers/manybody/peer/qcmanybody.js';
import { type Figure, rounded } from './figure.js';

interface Benchmark {
  readonly cases: number;
  readonly runs: readonly { readonly name: string; readonly seconds: number }[];
}

export async function* figures(): AsyncGenerator<Figure> {
  const { cases, runs } = measured();
  const peer = runs.find(({ name }) => name === qcmanybody.name);
  for (const { name, seconds } of runs) {
    yield {
      figure: 'manybody.run',
      value: rounded(seconds),
      unit: 's',
      of: name === peer?.name ? name : `shoal, ${name}`,
      calculations: cases,
      ...(peer && { 'times as fast as QCManyBody': rounded(peer.seconds / seconds) }),
    };
  }
}

function measured(): Benchmark {
  const folder = mkdtempSync(join(tmpdir(), 'shoal-bench-manybody-'));
  try {
    writeFileSync(join(folder, 'hexamer.json'), JSON.stringify(hexamer));
    const start = (program: string, argv: readonly string[]) =>
      spawnSync(program, argv, { cwd: folder, encoding: 'utf8' });
    const [python = '', ...probe] = qcmanybody.probe.argv;
    const peer = start(python, probe).status === 0 ? ['--peer'] : [];
    const words = [
      'manybody',
      'benchmark',
      'hexamer.json',
      '--ranks',
      '1,2',
      '--rounds',
      '3',
      '--json',
      '--quiet',
    ];
    const done = start(process.execPath, [mainScript(), ...words, ...peer]);
    if (done.status !== 0) throw new Error(`manybody benchmark failed: ${done.stdout}${done.stderr}`);
    return JSON.parse(done.stdout) as Benchmark;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const hexamer = {
  name: 'hexamer',
  molecule: { file: join(packageRoot(), 'examples', '10-manybody', 'water-hexamer.xyz'), units: 'angstrom' },
  bsse: 'nocp',
  levels: { 3: { program: 'mopac', method: 'PM6' } },
};
