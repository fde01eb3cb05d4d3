/** What the driver asks of Psi4, by a Psi4 that only writes down what it is asked: other versions are not installed. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { psi4 } from '../../../../src/solvers/manybody/programs/psi4.js';
import { recordSkip } from '../../../skips.js';
import { water, waterBesideCharge } from './water.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'shoal-psi4-driver-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const recorder = `
import sys
calls = []
class Recorder:
    def __init__(self, name):
        self.name = name
    def __getattr__(self, name):
        return Recorder(self.name + '.' + name)
    def __call__(self, *given, **named):
        named = {k: v for k, v in named.items() if k != 'molecule'}
        calls.append([self.name, [g for g in given if not isinstance(g, Recorder)], named])
        if self.name in ('energy', 'gradient', 'hessian'):
            return (-1.25 if self.name == 'energy' else [[0.5, 0, 0]] * 3), Wavefunction()
        return Recorder(self.name + '()')
class Wavefunction:
    def energy(self):
        return -1.25
class Psi4:
    __version__ = sys.argv[1]
    def __getattr__(self, name):
        return Recorder(name)
psi4 = Psi4()
exec(open('input.dat').read())
json.dump(calls, open('calls.json', 'w'))
`;

type Call = readonly [name: string, given: readonly unknown[], named: Readonly<Record<string, unknown>>];

const spec = { program: 'psi4', method: 'HF', basis: 'sto-3g', keywords: { scf_type: 'pk' } };
const allotment = { threads: 2, memoryBytes: 2 ** 30 };

function asked(version: string, isEmbedded: boolean): readonly Call[] | undefined {
  const molecule = isEmbedded ? waterBesideCharge : water;
  const { files } = psi4.prepare({ molecule, spec, driver: 'gradient' }, allotment);
  for (const [name, text] of Object.entries({ ...files, 'recorder.py': recorder })) {
    writeFileSync(join(folder, name), text);
  }
  const { status, stderr } = spawnSync('python3', ['recorder.py', version], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0 && /No module named 'numpy'|ENOENT/.test(stderr ?? 'ENOENT')) return undefined;
  if (status !== 0) throw new Error(stderr);
  expect(JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8'))).toEqual({
    ...{ version, energy: -1.25, gradient: [0.5, 0, 0, 0.5, 0, 0, 0.5, 0, 0] },
  });
  return JSON.parse(readFileSync(join(folder, 'calls.json'), 'utf8')) as Call[];
}

test.each([
  { version: '1.3.2', isKeyword: false },
  { version: '1.6', isKeyword: true },
  { version: '1.10a1.dev57', isKeyword: true },
])('Psi4 $version gets point charges by the way that it has', ({ version, isKeyword }) => {
  const calls = asked(version, true);
  if (!calls) return recordSkip('the driver of Psi4 with other versions: no python3 with numpy');
  const [, given, named] = calls.find(([name]) => name === 'gradient') as Call;
  expect(given).toEqual(['hf']);
  const charges = isKeyword ? { external_potentials: [[-0.5, [0.3, 0.2, 6]]] } : {};
  expect(named).toEqual({ return_wfn: true, ...charges });
  const added = calls.filter(([name]) => name.endsWith('addCharge')).map(([, values]) => values);
  expect(added).toEqual(isKeyword ? [] : [[-0.5, 0.3, 0.2, 6]]);
  expect(calls.some(([name, [key]]) => name === 'core.set_global_option_python' && key === 'EXTERN')).toBe(
    !isKeyword,
  );
  expect(calls).toContainEqual(['core.set_num_threads', [2], {}]);
  expect(calls).toContainEqual(['set_memory', [2 ** 30], {}]);
  expect(calls).toContainEqual(['set_options', [{ basis: 'sto-3g', scf_type: 'pk' }], {}]);
});
