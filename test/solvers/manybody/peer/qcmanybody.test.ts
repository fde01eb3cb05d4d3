import { expect, test } from 'vitest';
import { manyBodyInputOf } from '../../../../src/solvers/manybody/input/load.js';
import { peerInput } from '../../../../src/solvers/manybody/peer/qcmanybody.js';
import { readYaml } from '../../../../src/study/document/yaml.js';

const theory = (program: string) => `{ program: ${program}, method: hf, basis: sto-3g }`;

const peerOf = async (rest: string) => {
  const molecule = 'molecule: { units: bohr, geometry: "He 0 0 0\\n--\\nHe 0 0 6\\n--\\nHe 0 0 12" }';
  const file = readYaml('/nowhere/in.yaml', 'in.yaml', `${molecule}\nbsse: [cp, nocp]\n${rest}\n`);
  return peerInput(await manyBodyInputOf(file), 'in.yaml') as {
    molecule: object;
    specification: { keywords: object; specification: object };
  };
};

test.each([
  { rest: `calculation: ${theory('psi4')}`, says: { max_nbody: 3 }, names: ['(auto)'] },
  { rest: `calculation: ${theory('psi4')}\nmax_nbody: 2`, says: { max_nbody: 2 }, names: ['(auto)'] },
  {
    rest: `levels: { 1: ${theory('psi4')}, 2: ${theory('qcengine:nwchem')}, supersystem: ${theory('mopac')} }`,
    says: { levels: { 1: 'psi4:hf/sto-3g', 2: 'qcengine:nwchem:hf/sto-3g', supersystem: 'mopac:hf/sto-3g' } },
    names: ['psi4:hf/sto-3g', 'qcengine:nwchem:hf/sto-3g', 'mopac:hf/sto-3g'],
  },
])('QCManyBody is asked for the same levels: $says', async ({ rest, says, names }) => {
  const { specification, molecule } = await peerOf(rest);
  expect(specification.keywords).toEqual({
    ...says,
    ...{ bsse_type: ['cp', 'nocp'], return_total_data: false, supersystem_ie_only: false },
  });
  expect(Object.keys(specification.specification).sort()).toEqual(names.sort());
  expect(JSON.stringify(specification)).not.toContain('"program":"qcengine:');
  expect(molecule).toMatchObject({ symbols: ['He', 'He', 'He'], fragments: [[0], [1], [2]] });
});

test('What QCManyBody does not know is refused', async () => {
  const cutoffs = 'cutoffs: { units: bohr, distances: { 2: 8 } }';
  await expect(peerOf(`calculation: ${theory('psi4')}\n${cutoffs}`)).rejects.toThrow(
    'QCManyBody does not leave n-mers out',
  );
});
