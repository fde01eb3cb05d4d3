import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/errors/input-error.js';
import { heliumSquare, qcschema } from './reference.js';
import { assembleFiles, runTool } from './tool.js';

const molecule = { ...heliumSquare, fragments: [[0, 1], [2], [3]] };
const input = qcschema({ molecule, driver: 'gradient', keywords: { bsse_type: 'nocp', max_nbody: 1 } });

describe('results that cannot be those of the calculations are refused', () => {
  test.each([
    ['one', { energy: 1 }, 'components.json: one: Not the label of a calculation'],
    ['["(auto)", [1], [1]]', { energy: '1' }, 'energy: Wrong value (expected a finite number'],
    ['["(auto)", [1], [1]]', { gradient: [] }, 'energy: Missing'],
    [
      '["(auto)", [1], [1]]',
      { energy: 1, gradient: [1, 2, 3] },
      'gradient: Wrong size (expected 6 numbers, for 2 atoms, ghosts included, got 3)',
    ],
    ['["(auto)", [1], [1]]', { energy: 1, hessian: [[1]] }, 'hessian: Wrong size (expected 36 numbers'],
  ])('%s: %j', async (label, component, message) => {
    const error = await assembleFiles(input, { [label]: component }).catch((one: unknown) => one);
    if (!(error instanceof InputError)) throw error;
    expect(error.describe()).toContain(message);
  });

  test('and so is one that is given twice in two spellings', async () => {
    const twice = { '["(auto)", [1], [1]]': { energy: 1 }, '(1)@(1)': { energy: 2 } };
    await expect(assembleFiles(input, twice)).rejects.toThrow('Calculation given twice');
  });
});

test('what is no JSON is refused', async () => {
  const files = { 'in.json': input, 'broken.json': '{ "' };
  await expect(runTool('assemble', files, { INPUT: 'in.json', results: 'broken.json' })).rejects.toThrow(
    'Not JSON',
  );
});

test('flat and nested arrays mean the same, and keys that other programs add are passed over', async () => {
  const nested = {
    '(1)@(1)': {
      energy: -5,
      gradient: [
        [1, 2, 3],
        [4, 5, 6],
      ],
      dipole: [0, 0, 0],
    },
    '(2)@(2)': { energy: -2, gradient: [[7, 8, 9]] },
    '(3)@(3)': { energy: -2, gradient: [1, 1, 1], hessian: null },
  };
  const { json, isComplete } = await assembleFiles(input, nested);
  expect(isComplete).toBe(true);
  expect(json).toMatchObject({
    return_result: [1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 1, 1],
    cluster_properties: {
      '["(auto)", [2], [2]]': { return_energy: -2, return_gradient: [0, 0, 0, 0, 0, 0, 7, 8, 9, 0, 0, 0] },
    },
  });
});
