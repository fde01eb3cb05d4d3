import { beforeAll, expect, test } from 'vitest';
import { program } from '../../../program.js';
import { isThere } from '../programs/water.js';
import { moleculeOf, resultOf, run } from './folder.js';
import { byPsi4 } from './psi4-driver.js';

beforeAll(() => {
  program();
});

const options = { basis: 'sto-3g', scf_type: 'pk', e_convergence: 1e-11, d_convergence: 1e-10 };

test("a dimer has the energies of Psi4's own n-body driver in every treatment", () => {
  if (!isThere('psi4')) return;
  const fragments = ['He 0.0 0.0 0.0', 'H 0.1 0.0 4.5\nF 0.0 0.2 6.2'];
  const { basis, ...keywords } = options;
  const done = run('dimer', {
    molecule: moleculeOf(fragments),
    bsse: ['cp', 'nocp', 'vmfc'],
    return_total_data: true,
    calculation: { program: 'psi4', method: 'hf', basis, keywords },
  });
  expect(done.stderr).not.toMatch(/error/i);
  expect(done.stdout).toMatch(/5 cases completed/);
  const theirs = byPsi4('dimer', fragments, 'scf', options);
  const { qcvars } = resultOf('dimer').extras;
  for (const name of ['1NOCP', '2NOCP', '1CP', '2CP', '1VMFC', '2VMFC']) {
    expect(Math.abs(qcvars[name]! - theirs[name]!)).toBeLessThan(1e-9);
  }
  expect(Math.abs(qcvars['2CP']! - qcvars['2NOCP']!)).toBeGreaterThan(1e-7);
});
