import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/errors/input-error.js';
import { manyBodyInputOf } from '../../../src/solvers/manybody/input/load.js';
import type { ManyBodyInput } from '../../../src/solvers/manybody/input.js';
import { readYaml } from '../../../src/study/document/yaml.js';
import { qcschema, waterTrimer } from './reference.js';

const read = (text: string): Promise<ManyBodyInput> =>
  manyBodyInputOf(readYaml('/nowhere/in.yaml', 'in.yaml', text));

async function refusal(text: string): Promise<string> {
  try {
    await read(text);
  } catch (error) {
    if (error instanceof InputError) return error.describe();
    throw error;
  }
  return 'nothing was refused';
}

/** Helium atoms 3 Å apart in QCSchema, with keywords. */
function heliumsOf(
  count: number,
  keywords: object,
  names?: readonly string[],
  molecule: object = {},
): string {
  const atoms = Array.from({ length: count }, (_, i) => i);
  const whole = {
    symbols: atoms.map(() => 'He'),
    geometry: atoms.flatMap((i) => [0, 0, 6 * i]),
    fragments: atoms.map((i) => [i]),
    ...molecule,
  };
  return JSON.stringify(qcschema({ molecule: whole, driver: 'energy', keywords, ...(names && { names }) }));
}

describe('levels cover the lower numbers of bodies that no other does', () => {
  const cases: readonly [number, object, number, object][] = [
    [3, {}, 3, [['(auto)', [1, 2, 3]]]],
    [3, { max_nbody: 2 }, 2, [['(auto)', [1, 2]]]],
    [3, { max_nbody: 1 }, 1, [['(auto)', [1]]]],
    [3, { supersystem_ie_only: true }, 3, [['(auto)', [1, 2, 3]]]],
    [3, { levels: { 3: 'a' } }, 3, [['a', [1, 2, 3]]]],
    [
      3,
      { levels: { 1: 'a', 3: 'b' } },
      3,
      [
        ['a', [1]],
        ['b', [2, 3]],
      ],
    ],
    [
      3,
      { levels: { 2: 'a', 3: 'b' } },
      3,
      [
        ['a', [1, 2]],
        ['b', [3]],
      ],
    ],
    [3, { levels: { 2: 'a' }, max_nbody: 2 }, 2, [['a', [1, 2]]]],
    [
      3,
      { levels: { 2: 'a', 1: 'b' } },
      2,
      [
        ['b', [1]],
        ['a', [2]],
      ],
    ],
    [
      3,
      { levels: { supersystem: 'a', 1: 'b' } },
      1,
      [
        ['b', [1]],
        ['a', 'supersystem'],
      ],
    ],
    [
      3,
      { levels: { 2: 'b', supersystem: 'a' } },
      2,
      [
        ['b', [1, 2]],
        ['a', 'supersystem'],
      ],
    ],
    [
      5,
      { levels: { 4: 'b', 1: 'a', 5: 'c' } },
      5,
      [
        ['a', [1]],
        ['b', [2, 3, 4]],
        ['c', [5]],
      ],
    ],
    [
      5,
      { levels: { 3: 'b', 1: 'a', 4: 'c' } },
      4,
      [
        ['a', [1]],
        ['b', [2, 3]],
        ['c', [4]],
      ],
    ],
    [
      5,
      { levels: { 3: 'b', 1: 'a', 5: 'c' } },
      5,
      [
        ['a', [1]],
        ['b', [2, 3]],
        ['c', [4, 5]],
      ],
    ],
  ];
  test.each(cases)('%i fragments, %j', async (count, keywords, maxNbody, expected) => {
    const names = 'levels' in keywords ? ['a', 'b', 'c'] : undefined;
    const input = await read(heliumsOf(count, keywords, names));
    expect(input.maxNbody).toBe(maxNbody);
    expect(
      input.levels.map((level) => [
        level.modelChemistry,
        level.kind === 'bodies' ? level.nbodies : level.kind,
      ]),
    ).toEqual(expected);
  });
});

describe('defaults and aliases', () => {
  test.each([
    ['energy', {}, false],
    ['energy', { return_total_data: true }, true],
    ['gradient', {}, true],
    ['hessian', {}, true],
    ['hessian', { return_total_data: false }, false],
  ])('%s with %j returns totals: %j', async (driver, keywords, expected) => {
    const input = await read(JSON.stringify(qcschema({ molecule: waterTrimer, driver, keywords })));
    expect(input.returnTotalData).toBe(expected);
  });

  test.each([
    [undefined, ['cp']],
    ['nocp', ['nocp']],
    ['MBE', ['nocp']],
    [
      ['none', 'SSFC', 'mbe', 'vmfc'],
      ['nocp', 'cp', 'vmfc'],
    ],
  ])('bsse_type %j is %j', async (bsse_type, expected) => {
    expect((await read(heliumsOf(3, { bsse_type }))).bsse).toEqual(expected);
  });

  test('nulls and a named single specification are as if not given', async () => {
    const keywords = { levels: null, max_nbody: null, embedding_charges: null, return_total_data: null };
    const input = await read(heliumsOf(3, keywords, ['hf']));
    expect(input.levels).toEqual([{ kind: 'bodies', modelChemistry: 'hf', nbodies: [1, 2, 3] }]);
  });

  test('a specification that stands alone is that of all', async () => {
    const document = JSON.parse(heliumsOf(2, {})) as { specification: { specification: object } };
    document.specification.specification = {
      program: 'psi4',
      model: { method: 'mp2', basis: 'cc-pvdz' },
      keywords: { scf_type: 'pk' },
    };
    const { specifications } = await read(JSON.stringify(document));
    expect(specifications).toEqual({
      '(auto)': { program: 'psi4', method: 'mp2', basis: 'cc-pvdz', keywords: { scf_type: 'pk' } },
    });
  });

  test('spins are the lowest that electrons allow, parallel for the whole', async () => {
    const molecule = { symbols: ['Li', 'Li', 'He'], fragment_charges: [0, 0, 0] };
    const input = await read(heliumsOf(3, {}, undefined, molecule));
    expect(input.molecule).toMatchObject({ multiplicities: [2, 2, 1], multiplicity: 3 });
    const paired = await read(heliumsOf(3, {}, undefined, { ...molecule, molecular_multiplicity: 1 }));
    expect(paired.molecule.multiplicity).toBe(1);
  });
});

interface Given {
  readonly names?: string[];
  readonly molecule?: object;
}
type Refused = readonly [keywords: object, message: string, given?: Given];

describe('contradictions are refused', () => {
  const two = { names: ['a', 'b'] };
  const refused: readonly Refused[] = [
    [{ max_nbody: 0 }, 'max_nbody=0 should be between 1 and 3.'],
    [{ max_nbody: -1 }, 'max_nbody=-1 should be between 1 and 3.'],
    [{ max_nbody: 4 }, 'max_nbody=4 should be between 1 and 3.'],
    [{ levels: { 2: 'a' }, max_nbody: 3 }, 'levels=2 contradicts user max_nbody=3.', two],
    [{ levels: { 1: 'a', 2: 'a' } }, 'Cannot have duplicate model chemistries in levels.', two],
    [{ levels: { 4: 'a' } }, 'There are not so many fragments', two],
    [{ levels: { 3: 'a', supersystem: 'b' } }, 'The levels before it reach all fragments', two],
    [{ levels: { supersystem: 'b' } }, 'No number of bodies among the levels', two],
    [{ levels: { 2: 'c' } }, "No specification is named 'c'", two],
    [{}, "No specification is named '(auto)'", two],
    [{ bsse_type: 'mycp' }, "Input should be 'nocp', 'cp', 'vmfc'"],
    [{ bsse_type: [] }, 'No BSSE correction specified'],
    [{ levels: { two: 'a' } }, 'expected as its key a number of bodies, or supersystem', two],
    [
      { supersystem_ie_only: true, max_nbody: 2 },
      'Cannot skip intermediate n-body jobs when max_nbody=2 != nfragments=3.',
    ],
    [
      { supersystem_ie_only: true, bsse_type: ['cp', 'vmfc'] },
      "Cannot skip intermediate n-body jobs when VMFC in bsse_type=['cp', 'vmfc']. Use CP instead.",
    ],
    [
      { embedding_charges: { 1: [0], 2: [0], 3: [0] } },
      'Cannot return interaction data when using embedding scheme.',
    ],
    [
      { embedding_charges: { 1: [0], 2: [0] }, return_total_data: true },
      'embedding_charges dict should have entries for each 1-indexed fragment (3)',
    ],
    [{ embedding_charges: { 1: [0], 2: [0], 3: [0, 1] }, return_total_data: true }, 'Wrong count of charges'],
    [{ max_nbodies: 2 }, "Unknown key 'max_nbodies'. Did you mean 'max_nbody'?"],
    [
      {},
      'Molecule fragmentation has not been specified through `fragments` field.',
      { molecule: { fragments: undefined } },
    ],
    [{}, 'Atom 3 of 3 is in no fragment', { molecule: { fragments: [[0], [1]] } }],
    [{}, 'Atom 1 of 3 is in fragments 1 and 2', { molecule: { fragments: [[0], [0, 1], [2]] } }],
    [{}, 'Fragment 2 has an atom that does not exist', { molecule: { fragments: [[0], [3], [1, 2]] } }],
    [{}, 'Wrong count of coordinates', { molecule: { geometry: [0, 0, 0] } }],
    [{}, 'Atoms 1 and 2 are at the same place', { molecule: { geometry: [0, 0, 0, 0, 0, 0, 0, 0, 9] } }],
    [{}, 'No such element', { molecule: { symbols: ['He', 'Hx', 'He'] } }],
    [{}, 'Which fragment has the charge of 1 is not said', { molecule: { molecular_charge: 1 } }],
    [
      {},
      'The charges of the fragments add up to another',
      { molecule: { molecular_charge: 1, fragment_charges: [0, 0, 0] } },
    ],
    [
      {},
      'A multiplicity of 2 does not go with the electrons of fragment 2',
      { molecule: { fragment_multiplicities: [1, 2, 1] } },
    ],
    [{}, 'A multiplicity of 4 does not go', { molecule: { molecular_multiplicity: 4 } }],
    [
      {},
      'Fragment 1 has not so many electrons (expected a charge of at most 2, got 3)',
      { molecule: { fragment_charges: [3, 0, 0] } },
    ],
  ];
  test.each(refused.map((one) => [...one, {}] as const))('%j: %s', async (keywords, message, given) => {
    const { names, molecule } = given as Given;
    const text = await refusal(heliumsOf(3, keywords, names, molecule));
    expect(text).toContain(message);
    expect(text).toMatch(/^in\.yaml:1:\d+: /);
  });

  test('name and version of the schema', async () => {
    const text = heliumsOf(2, {});
    expect(await refusal(text.replace('qcschema_many_body_input', 'qcschema_input'))).toContain(
      'Not a many-body input',
    );
    expect(await refusal(text.replace('"schema_version":2', '"schema_version":1'))).toContain('is version 2');
  });
});

test('an atom that is no real one in the parent brings no electrons, and is a ghost wherever it is', async () => {
  const molecule = { symbols: ['He', 'Li', 'He'], real: [true, false, true] };
  const input = await read(heliumsOf(3, {}, undefined, molecule));
  expect(input.molecule).toMatchObject({ isGhost: [false, true, false], multiplicities: [1, 1, 1] });
});
