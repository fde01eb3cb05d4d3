/**
 * A many-body run as users start it, on one and two ranks, beside QCManyBody with QCEngine on the same input: a water
 * hexamer to three bodies, 41 calculations by PM6 of MOPAC. The answers are compared too: those of one and two ranks
 * bit by bit, the peer's to 1e-7 hartree.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mainScript, packageRoot } from '../../src/process/install.js';
import { type Figure, median, rounded } from './figure.js';

const rounds = 3;
const bohrPerAngstrom = 1 / 0.529177210903;
const property = 'nocp_corrected_interaction_energy';

const peer = `import json, sys
from qcmanybody import ManyBodyComputer
try:
    from qcmanybody.models.v1 import ManyBodyInput
except ImportError:
    from qcmanybody.models import ManyBodyInput
result = ManyBodyComputer.from_manybodyinput(ManyBodyInput(**json.load(open(sys.argv[1]))))
print(result.properties.dict()['${property}'])
`;

export async function* figures(): AsyncGenerator<Figure> {
  const folder = mkdtempSync(join(tmpdir(), 'shoal-bench-manybody-'));
  try {
    writeFileSync(join(folder, 'input.json'), JSON.stringify(hexamer()));
    writeFileSync(join(folder, 'peer.py'), peer);
    const start = (program: string, argv: readonly string[]) =>
      spawnSync(program, argv, { cwd: folder, encoding: 'utf8' });
    const ours = (ranks: number) => () => {
      rmSync(join(folder, 'run'), { recursive: true, force: true });
      const argv = [mainScript(), 'manybody', 'run', 'input.json', '--run-dir', 'run', '--ranks', `${ranks}`];
      const done = start(process.execPath, argv);
      if (done.status !== 0) throw new Error(`manybody run failed: ${done.stderr}`);
      return readFileSync(join(folder, 'run', 'answer', 'result.json'), 'utf8');
    };
    const contenders = new Map<string, () => string>([
      ['shoal, 1 rank', ours(1)],
      ['shoal, 2 ranks', ours(2)],
    ]);
    if (start('python3', ['-c', 'import qcmanybody, qcengine']).status === 0) {
      contenders.set('QCManyBody with QCEngine', () => {
        const done = start('python3', ['peer.py', 'input.json']);
        if (done.status !== 0) throw new Error(`QCManyBody failed: ${done.stderr}`);
        return done.stdout.trim().split('\n').at(-1) ?? '';
      });
    }
    yield* sideBySide(contenders);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function* sideBySide(contenders: ReadonlyMap<string, () => string>): Generator<Figure> {
  const seconds = new Map<string, number[]>();
  const answers = new Map<string, string>();
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of contenders) {
      const started = performance.now();
      answers.set(name, run());
      seconds.set(name, [...(seconds.get(name) ?? []), (performance.now() - started) / 1000]);
    }
  }
  const reference = answers.get('shoal, 1 rank') ?? '';
  const energy = JSON.parse(reference).properties[property] as number;
  const peers = median(seconds.get('QCManyBody with QCEngine') ?? []);
  for (const [name, times] of seconds) {
    const answer = answers.get(name) ?? '';
    const off = answer.startsWith('{') ? 0 : Math.abs(Number(answer) - energy);
    if (answer.startsWith('{') ? answer !== reference : !(off < 1e-7)) {
      throw new Error(`${name} has another answer: off by ${off} hartree`);
    }
    const value = median(times) as number;
    yield {
      figure: 'manybody.run',
      value: rounded(value),
      unit: 's',
      of: name,
      calculations: 41,
      ...(peers === undefined ? {} : { 'times as fast as QCManyBody': rounded(peers / value) }),
    };
  }
}

/** A ManyBodyInput of version 1, which both read. */
function hexamer(): object {
  const path = join(packageRoot(), 'examples', '10-manybody', 'water-hexamer.xyz');
  const atoms = readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .slice(2)
    .map((line) => line.trim().split(/\s+/));
  const calculation = {
    program: 'mopac',
    driver: 'energy',
    model: { method: 'pm6', basis: null },
    keywords: {},
  };
  return {
    ...{ schema_name: 'qcschema_manybodyinput', schema_version: 1 },
    molecule: {
      symbols: atoms.map(([symbol]) => symbol),
      geometry: atoms.flatMap(([, ...places]) => places.map((place) => Number(place) * bohrPerAngstrom)),
      fragments: Array.from({ length: atoms.length / 3 }, (_, i) => [3 * i, 3 * i + 1, 3 * i + 2]),
      ...{ fix_com: true, fix_orientation: true },
    },
    specification: {
      driver: 'energy',
      keywords: { bsse_type: ['nocp'], max_nbody: 3 },
      specification: { '(auto)': calculation },
    },
  };
}
