import { beforeAll, describe, expect, test } from 'vitest';
import { program } from '../../../program.js';
import { recordSkip } from '../../../skips.js';
import { isThere } from '../programs/water.js';
import { heliumSquare, ionTetramer, waterTrimer } from '../reference.js';
import { moleculeOf, resultOf, run, writeInput } from './folder.js';
import { byPsi4 } from './psi4-driver.js';
import { byQcmanybody, qcmanybodyIsThere } from './qcmanybody.js';

/** Minutes of calculations: `npm run test:long`. */
const isLong = process.env.SHOAL_LONG !== undefined;

const limitMs = 600_000;
const tight = { scf_type: 'pk', e_convergence: 1e-11, d_convergence: 1e-10 };

beforeAll(() => {
  if (isLong) program();
});

/** Fragments as the friendly input and Psi4 have them. */
function lines({ symbols, geometry, fragments }: typeof waterTrimer): string[] {
  return fragments.map((atoms) =>
    atoms.map((atom) => [symbols[atom], ...geometry.slice(3 * atom, 3 * atom + 3)].join(' ')).join('\n'),
  );
}

describe.skipIf(!isLong)('many-body expansions with real programs', () => {
  test('four helium atoms with MP2 have the reference energies of QCManyBody', { timeout: limitMs }, () => {
    if (!isThere('psi4')) return;
    const done = run('helium', {
      molecule: moleculeOf(lines(heliumSquare)),
      bsse: ['nocp', 'cp', 'vmfc'],
      return_total_data: true,
      calculation: {
        ...{ program: 'psi4', method: 'mp2', basis: 'aug-cc-pvdz' },
        keywords: { ...tight, mp2_type: 'conv' },
      },
    });
    expect(done.stdout).toMatch(/65 cases completed/);
    const { properties } = resultOf('helium');
    const expected = {
      nocp: [-11.530668717083888, -11.522851206178828, -11.523095269671348, -11.523038093664368],
      cp: [-11.530668717083888, -11.522467757090013, -11.522702864080149, -11.522639870651439],
      vmfc: [-11.530668717083888, -11.52244892169719, -11.52268452228489, -11.522621528856181],
    };
    for (const [bsse, energies] of Object.entries(expected)) {
      energies.forEach((energy, i) => {
        const own = properties[`${bsse}_corrected_total_energy_through_${i + 1}_body`]!;
        expect(Math.abs(own - energy)).toBeLessThan(1e-8);
      });
    }
  });

  test('four unlike fragments, one charged, have the reference energy and gradient', {
    timeout: limitMs,
  }, () => {
    if (!isThere('psi4')) return;
    const { fragment_charges: charges } = ionTetramer;
    const done = run('ions', {
      molecule: { ...moleculeOf(lines(ionTetramer)), charges },
      ...{ driver: 'gradient', bsse: 'nocp' },
      calculation: { program: 'psi4', method: 'hf', basis: 'cc-pvdz', keywords: tight },
    });
    expect(done.stdout).toMatch(/15 cases completed/);
    const { properties, return_result: gradient } = resultOf('ions') as unknown as {
      properties: Record<string, number>;
      return_result: number[];
    };
    [-203.05040290887501, -203.35196718523923, -203.32671800908514, -203.32531316984924].forEach(
      (energy, i) => {
        expect(
          Math.abs(properties[`nocp_corrected_total_energy_through_${i + 1}_body`]! - energy),
        ).toBeLessThan(2.5e-8);
      },
    );
    const expected = [
      -7.40362091e-2, 2.84130342e-3, 1.00812419e-2, 7.57644607e-2, -1.48383966e-4, -1.73598306e-3,
    ];
    expected.forEach((value, i) => {
      expect(Math.abs(gradient[i]! - value)).toBeLessThan(2.5e-8);
    });
  });

  test("a water trimer has the energies of Psi4's own n-body driver", { timeout: limitMs }, () => {
    if (!isThere('psi4')) return;
    const fragments = lines(waterTrimer);
    const done = run('trimer', {
      molecule: moleculeOf(fragments),
      bsse: ['cp', 'nocp', 'vmfc'],
      return_total_data: true,
      calculation: { program: 'psi4', method: 'hf', basis: 'sto-3g', keywords: tight },
    });
    expect(done.stdout).toMatch(/19 cases completed/);
    const theirs = byPsi4('trimer', fragments, 'scf', { ...tight, basis: 'sto-3g' });
    const { qcvars } = resultOf('trimer').extras;
    for (const name of ['1CP', '2CP', '3CP', '1NOCP', '2NOCP', '3NOCP', '1VMFC', '2VMFC', '3VMFC']) {
      expect(Math.abs(qcvars[name]! - theirs[name]!)).toBeLessThan(1e-9);
    }
  });

  test('NWChem and Psi4 give a water dimer the same interaction, ghosts included', {
    timeout: limitMs,
  }, () => {
    if (!isThere('psi4') || !isThere('nwchem')) return;
    const input = { molecule: moleculeOf(lines(waterTrimer).slice(0, 2)), bsse: ['cp', 'vmfc'] };
    const theory = { method: 'hf', basis: 'sto-3g' };
    const nwchem = { ...theory, program: 'nwchem', keywords: { scf__thresh: 1e-10, scf__tol2e: 1e-14 } };
    expect(run('nwchem', { ...input, calculation: nwchem }).status).toBe(0);
    expect(
      run('psi4', { ...input, calculation: { ...theory, program: 'psi4', keywords: tight } }).status,
    ).toBe(0);
    const [ours, theirs] = [resultOf('nwchem').properties, resultOf('psi4').properties];
    for (const name of ['cp_corrected_interaction_energy', 'nocp_corrected_interaction_energy']) {
      expect(Math.abs(ours[name]! - theirs[name]!)).toBeLessThan(1e-7);
    }
  });

  test('NWChem and Psi4 give a water trimer the same totals and gradient among charges', {
    timeout: limitMs,
  }, () => {
    if (!isThere('psi4') || !isThere('nwchem')) return;
    const charges = [-0.8, 0.4, 0.4];
    const input = {
      molecule: moleculeOf(lines(waterTrimer)),
      ...{ driver: 'gradient', bsse: 'nocp', max_nbody: 2, return_total_data: true },
      embedding_charges: { 1: charges, 2: charges, 3: charges },
    };
    const theory = { method: 'hf', basis: 'sto-3g' };
    const nwchem = { ...theory, program: 'nwchem', keywords: { scf__thresh: 1e-10, scf__tol2e: 1e-14 } };
    const done = [
      run('nwchem-embedded', { ...input, calculation: nwchem }),
      run('psi4-embedded', { ...input, calculation: { ...theory, program: 'psi4', keywords: tight } }),
    ];
    expect(done.map(({ status }) => status)).toEqual([0, 0]);
    const [ours, theirs] = ['nwchem-embedded', 'psi4-embedded'].map((name) => resultOf(name).properties);
    for (const name of ['nocp_corrected_total_energy_through_1_body', 'nocp_corrected_total_energy']) {
      expect(Math.abs(ours![name]! - theirs![name]!)).toBeLessThan(1e-7);
    }
    const gradients = [ours, theirs].map((all) => all!.return_gradient as unknown as number[]);
    gradients[0]!.forEach((value, i) => {
      expect(Math.abs(value - gradients[1]![i]!)).toBeLessThan(2e-6);
    });
  });

  test('QCManyBody with QCEngine gives the same properties from the same input', {
    timeout: limitMs,
  }, async () => {
    if (!isThere('nwchem')) return;
    const calculation = {
      ...{ program: 'nwchem', driver: 'energy', model: { method: 'hf', basis: '6-31g' } },
      keywords: { scf__thresh: 1e-9, scf__tol2e: 1e-14 },
    };
    const input = {
      ...{ schema_name: 'qcschema_manybodyinput', schema_version: 1 },
      molecule: {
        symbols: ['He', 'H', 'F'],
        geometry: [0, 0, 0, 0.1, 0, 4.5, 0, 0.2, 6.2],
        fragments: [[0], [1, 2]],
        ...{ fix_com: true, fix_orientation: true },
      },
      specification: {
        driver: 'energy',
        keywords: { bsse_type: ['cp', 'nocp', 'vmfc'], return_total_data: true, levels: { 2: 'hf' } },
        specification: { hf: calculation },
      },
    };
    if (!qcmanybodyIsThere()) {
      return recordSkip('many-body runs beside QCManyBody: Python has no qcmanybody and qcengine');
    }
    expect(run('peer', input).status).toBe(0);
    const theirs = await byQcmanybody(writeInput('peer', input));
    const { properties } = resultOf('peer');
    const numbers = Object.entries(properties).filter(([name]) => !name.startsWith('calcinfo_'));
    expect(numbers.map(([name]) => name).sort()).toEqual([...theirs.keys()].sort());
    for (const [name, value] of numbers) expect(Math.abs(value - theirs.get(name)![0]!)).toBeLessThan(1e-8);
  });
});
