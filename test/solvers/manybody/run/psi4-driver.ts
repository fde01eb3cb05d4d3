/** The same expansion by Psi4's own n-body driver. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folder } from './folder.js';

/** Total energies through n bodies under `1NOCP`, `2CP`, …; fragments as lines of atoms, bohr. */
export function byPsi4(
  name: string,
  fragments: readonly string[],
  method: string,
  options: Readonly<Record<string, unknown>>,
): Readonly<Record<string, number>> {
  const own = join(folder, `psi4-${name}`);
  mkdirSync(own);
  const molecule = [
    'units bohr',
    'no_com',
    'no_reorient',
    'symmetry c1',
    fragments.map((one) => `0 1\n${one}`).join('\n--\n'),
  ];
  writeFileSync(
    join(own, 'in.dat'),
    `import json
m = psi4.geometry('''${molecule.join('\n')}''')
psi4.set_options(json.loads('${JSON.stringify(options)}'))
energy('${method}', molecule=m, bsse_type=['cp', 'nocp', 'vmfc'], return_total_data=True)
with open('v.json', 'w') as f:
    json.dump({k: v for k, v in psi4.core.variables().items() if isinstance(v, float)}, f)
`,
  );
  const done = spawnSync('psi4', ['-i', 'in.dat', '-o', 'out.dat', '-n', '1'], {
    cwd: own,
    encoding: 'utf8',
  });
  if (done.status !== 0) throw new Error(`psi4 failed: ${done.stderr}`);
  return JSON.parse(readFileSync(join(own, 'v.json'), 'utf8')) as Record<string, number>;
}
