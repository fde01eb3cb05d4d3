import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InputError } from '../../../src/errors/input-error.js';
import { loadManyBodyInput, manyBodyInputOf } from '../../../src/solvers/manybody/input/load.js';
import type { ManyBodyInput } from '../../../src/solvers/manybody/input.js';
import { moleculeOf } from '../../../src/solvers/manybody/molecule.js';
import { valueFile } from '../../../src/study/document/value.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'shoal-friendly-'));
  writeFileSync(join(folder, 'dimer.xyz'), dimer);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const dimer = `6
two waters, their atoms mixed
O  0.000000  0.000000  0.117790
O  0.000000  0.000000  3.000000
H  0.000000  0.755453 -0.471161
H  0.000000  0.755453  3.588951
H  0.000000 -0.755453 -0.471161
H  0.000000 -0.755453  3.588951
`;

async function read(text: string): Promise<ManyBodyInput> {
  writeFileSync(join(folder, 'in.yaml'), text);
  return loadManyBodyInput('in.yaml', folder);
}

async function refusal(text: string): Promise<string> {
  try {
    await read(text);
  } catch (error) {
    if (error instanceof InputError) return error.describe();
    throw error;
  }
  return 'nothing was refused';
}

const calculation = 'calculation: { program: psi4, method: hf, basis: sto-3g }\n';
const ofFile = `molecule: { file: dimer.xyz, units: angstrom }\n${calculation}`;
const geometry = (lines: readonly string[], rest = ''): string =>
  `molecule:\n  units: angstrom\n${rest}  geometry: |\n${lines.map((line) => `    ${line}\n`).join('')}${calculation}`;

test('what further attempts do otherwise is the same in QCSchema, which the result carries', async () => {
  const input = await read(
    `molecule: { file: dimer.xyz, units: angstrom }
calculation:
  program: psi4
  method: mp2
  basis: cc-pvdz
  keywords: { freeze_core: true }
  retry_with: [{ keywords: { guess: core } }, { program: nwchem, basis: 6-31g }]
`,
  );
  const spec = { program: 'psi4', method: 'mp2', basis: 'cc-pvdz', keywords: { freeze_core: true } };
  expect(input.specifications).toEqual({
    '(auto)': {
      ...spec,
      further: [
        { ...spec, keywords: { guess: 'core' } },
        { ...spec, program: 'nwchem', basis: '6-31g' },
      ],
    },
  });
  const again = await read(JSON.stringify(input.document.value));
  expect(again.specifications).toEqual(input.specifications);
  const misspelt = JSON.stringify(input.document.value).replace('retry_with', 'retries');
  expect(await refusal(misspelt)).toMatch(/extras\.shoal\.retries: Unknown key/);
});

describe('a molecule', () => {
  test('of an xyz file has the fragments that bonds connect, and lengths in bohr', async () => {
    const { molecule, name, driver, bsse } = await read(ofFile);
    expect(molecule.fragments).toEqual([
      [0, 2, 4],
      [1, 3, 5],
    ]);
    expect(molecule.geometry[5]).toBeCloseTo(3 / 0.52917721067, 12);
    expect({ name, driver, bsse }).toEqual({ name: 'in', driver: 'energy', bsse: ['cp'] });
  });

  test('in bohr is taken as it is', async () => {
    expect(
      (await read(ofFile.replace('angstrom', 'bohr').replace('}', ', fragments: [[1, 3, 5], [2, 4, 6]] }')))
        .molecule.geometry[5],
    ).toBe(3);
  });

  test.each([
    ['[1, 2-6]', [[0], [1, 2, 3, 4, 5]]],
    [
      '[[6, 1], [2, 3-5]]',
      [
        [0, 5],
        [1, 2, 3, 4],
      ],
    ],
  ])('has the fragments %s', async (fragments, expected) => {
    const text = ofFile.replace('}', `, fragments: ${fragments}, multiplicities: [1, 1] }`);
    const input = text.replace('multiplicities: [1, 1] ', '');
    expect((await read(input)).molecule.fragments).toEqual(expected);
  });

  test('in lines has charges, spins, isotopes and ghosts', async () => {
    const { molecule, document } = await read(
      geometry([
        '-1 1',
        'F 0 0 0',
        '--',
        '0 2',
        'D, 0, 0, 2',
        '--',
        '0 1',
        '@he 0 0 5',
        'Gh(Ne) 0 0 6',
        'NE 0 0 7',
      ]),
    );
    expect(molecule).toMatchObject({
      symbols: ['F', 'H', 'He', 'Ne', 'Ne'],
      isGhost: [false, false, true, true, false],
      fragments: [[0], [1], [2, 3, 4]],
      charges: [-1, 0, 0],
      multiplicities: [1, 2, 1],
      multiplicity: 2,
    });
    expect(document.value.molecule).toMatchObject({
      mass_numbers: [-1, 2, -1, -1, -1],
      molecular_charge: -1,
    });
  });

  test('of a calculation has atoms of its fragments in their order, ghosts and charges around it', async () => {
    const input = await read(
      `molecule: { file: dimer.xyz, units: bohr, fragments: [[1, 3, 5], [2, 4], [6]], charges: [0, -1, 1] }
embedding_charges: { 1: [-0.8, 0.4, 0.4], 2: [-1.4, 0.4], 3: [1] }
return_total_data: true
bsse: nocp\n${calculation}`,
    );
    const atoms = moleculeOf(input, { real: [2], basis: [1, 2] });
    expect(atoms).toMatchObject({
      parents: [0, 1, 2, 3, 4],
      isGhost: [true, false, true, false, true],
      charge: -1,
      multiplicity: 1,
      pointCharges: [{ charge: 1, position: [0, -0.755453, 3.588951] }],
    });
    expect(moleculeOf(input, { real: [1, 2, 3], basis: [1, 2, 3] }).pointCharges).toEqual([]);
  });
});

describe('levels of theory', () => {
  const levels = (text: string): string =>
    `molecule: { file: dimer.xyz, units: angstrom }\nbsse: nocp\nlevels:\n${text}`;

  test('are named by method and basis, and by program where that is not enough', async () => {
    const input = await read(
      levels(
        '  1: { program: psi4, method: mp2, basis: cc-pvdz }\n  2: { program: nwchem, method: mp2, basis: cc-pvdz }\n',
      ),
    );
    expect(input.levels.map(({ modelChemistry }) => modelChemistry)).toEqual([
      'psi4:mp2/cc-pvdz',
      'nwchem:mp2/cc-pvdz',
    ]);
    const other = await read(
      levels('  1: { program: psi4, method: mp2, basis: cc-pvdz }\n  2: { program: xtb, method: gfn2 }\n'),
    );
    expect(other.levels.map(({ modelChemistry }) => modelChemistry)).toEqual(['mp2/cc-pvdz', 'gfn2']);
    expect(other.specifications.gfn2).toEqual({ program: 'xtb', method: 'gfn2', keywords: {} });
  });

  test('that differ in keywords only need names', async () => {
    const level = 'program: psi4, method: mp2';
    expect(await refusal(levels(`  1: { ${level} }\n  2: { ${level}, keywords: { a: 1 } }\n`))).toContain(
      'in.yaml:5:6: levels.2: Cannot have duplicate model chemistries in levels. (got psi4:mp2). Where two',
    );
    const named = await read(
      levels(`  1: { ${level}, name: loose }\n  2: { ${level}, keywords: { a: 1 } }\n`),
    );
    expect(named.levels.map(({ modelChemistry }) => modelChemistry)).toEqual(['loose', 'mp2']);
  });
});

test('the same input as QCSchema means the same', async () => {
  const text = `${ofFile}driver: gradient
bsse: [cp, nocp]
max_nbody: 2
cutoffs: { units: angstrom, distances: { 2: 8 } }
`;
  const { document, name, ...input } = await read(text);
  const again = await manyBodyInputOf(valueFile(document.value, folder));
  const { document: _, ...rest } = again;
  expect(rest).toEqual({ ...input, name });
});

describe('what cannot be read says where', () => {
  test.each([
    [
      ofFile.replace(', units: angstrom', ''),
      'in.yaml:1:11: molecule.units: Missing (expected angstrom or bohr)',
    ],
    [ofFile.replace('angstrom', 'nm'), 'molecule.units: Wrong value (expected angstrom or bohr, got '],
    [ofFile.replace('dimer', 'trimer'), 'in.yaml:1:19: molecule.file: No such file (got trimer.xyz)'],
    [
      ofFile.replace('file: dimer.xyz, ', ''),
      'molecule: The atoms come from one place (expected either file or geometry, got neither)',
    ],
    [
      ofFile.replace(calculation, ''),
      'The level of theory comes from one place (expected either calculation or levels, got neither)',
    ],
    [ofFile.replace('}', ', fragments: [[0, 1], [2]] }'), 'molecule.fragments'],
    [
      ofFile.replace('}', ', fragments: [1-3, 4-7] }'),
      'Fragment 2 has an atom that does not exist (expected atoms of the 6 that there are)',
    ],
    [ofFile.replace('}', ', fragments: [3-1, 4-6] }'), 'Fragment 1 has no atoms'],
    [ofFile.replace('method: hf', 'methd: hf'), "Unknown key 'methd'. Did you mean 'method'?"],
    [`${ofFile}cutoffs: { units: angstrom, distances: { 5: 3 } }\n`, 'A cutoff for 5 bodies decides nothing'],
    [`${ofFile}cutoffs: { distances: { 2: 3 } }\n`, 'cutoffs.units: Missing'],
    [geometry(['He 0 0 0', 'Hx 0 0 3']), "line 2 of the geometry: no element is named 'Hx'"],
    [geometry(['He 0 0 0', 'He 0 3']), 'line 2 of the geometry: expected a symbol and three coordinates'],
    [
      geometry(['He 0 0 0', '--', '1 2', 'He 0 0 3']),
      'Some fragments have a line of charge and multiplicity',
    ],
    [geometry(['He 0 0 0', '0 1', '--', 'He 0 0 3']), 'charge and multiplicity stand before the atoms'],
    [geometry(['He 0 0 0', '--', 'He 0 0 3'], '  fragments: auto\n'), 'The lines -- of the geometry say'],
    [geometry(['H 0 0 0', 'H 0 0 0.74']), 'Molecule fragmentation has not been specified'],
  ])('%j', async (text, message) => {
    expect(await refusal(text)).toContain(message);
  });

  test.each([
    ['no count\nx\nHe 0 0 0\n', 'bad.xyz:1: Not an xyz file (expected the number of atoms'],
    [
      '2\nx\nHe 0 0 0\n',
      'bad.xyz:4: The number of atoms is not that of the first line (expected 2 atoms, got 1)',
    ],
    ['1\nx\nHe 0 0 0\n1\nx\nHe 0 0 1\n', 'bad.xyz:4: The number of atoms is not that of the first line'],
    ['1\nx\nHe 0 zero 0\n', 'bad.xyz:3: expected a symbol and three coordinates'],
  ])('an xyz file %j', async (xyz, message) => {
    writeFileSync(join(folder, 'bad.xyz'), xyz);
    expect(await refusal(ofFile.replace('dimer', 'bad'))).toContain(message);
  });
});
