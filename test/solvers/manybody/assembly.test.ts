import { describe, expect, test } from 'vitest';
import {
  heliumSquare,
  ionTetramer,
  qcschema,
  referenceSet,
  storedComponents,
  waterTrimer,
} from './reference.js';
import { assembleFiles } from './tool.js';

interface Result {
  readonly success: boolean;
  readonly return_result: number | number[] | null;
  readonly properties: Readonly<Record<string, number | number[]>>;
  readonly extras: { readonly qcvars: Readonly<Record<string, number | number[]>> };
  readonly [other: string]: unknown;
}

/** Whether numbers differ by less than `tolerance`, absolutely or relatively; names those that do not. */
function expectClose(found: unknown, expected: unknown, tolerance: number, name: string): void {
  const left = [found].flat(2) as number[];
  const right = [expected].flat(2) as number[];
  expect(left.length, name).toBe(right.length);
  const worst = Math.max(
    ...left.map((value, i) => Math.abs(value - right[i]!) / Math.max(1, Math.abs(right[i]!))),
  );
  expect(worst, name).toBeLessThan(tolerance);
}

describe('stored water trimers give what Psi4 gave', () => {
  const levels = {
    'single-energy-3': { 3: 'e_scf' },
    'single-energy-2': { 2: 'e_scf' },
    'single-gradient-3': { 3: 'g_scf' },
    'single-gradient-2': { 2: 'g_scf' },
    'single-hessian-3': { 3: 'h_scf' },
    'single-hessian-2': { 2: 'h_scf' },
    'levels-energy-3': { 1: 'e_mp2', 2: 'e_b3lyp', 3: 'e_scf' },
    'levels-energy-2': { 1: 'e_mp2', 2: 'e_b3lyp' },
    'levels-gradient-3': { 1: 'g_mp2', 2: 'g_b3lyp', 3: 'g_scf' },
    'levels-gradient-2': { 1: 'g_mp2', 2: 'g_b3lyp' },
    'supersystem-energy-3': { 1: 'e_mp2', 2: 'e_b3lyp', supersystem: 'e_scf' },
    'supersystem-energy-2': { 1: 'e_mp2', supersystem: 'e_scf' },
    'supersystem-gradient-3': { 1: 'g_mp2', 2: 'g_b3lyp', supersystem: 'g_scf' },
    'supersystem-gradient-2': { 1: 'g_mp2', supersystem: 'g_scf' },
  };

  test.each(Object.entries(levels))('%s', async (name, named) => {
    const { components, expected } = referenceSet(`water-trimer-${name}`);
    const input = qcschema({
      molecule: waterTrimer,
      driver: name.split('-')[1]!,
      keywords: { bsse_type: ['cp', 'nocp', 'vmfc'], levels: named, return_total_data: true },
      names: Object.values(named),
    });
    const answer = await assembleFiles(input, components);
    expect(answer.isComplete).toBe(true);
    const { extras, return_result } = answer.json as Result;
    const checked = Object.keys(expected).filter((key) => key in extras.qcvars);
    for (const key of checked) expectClose(extras.qcvars[key], expected[key], 1e-7, key);
    expect(Object.keys(expected).filter((key) => !checked.includes(key))).toEqual([]);
    expectClose(return_result, expected[`CURRENT ${name.split('-')[1]!.toUpperCase()}`], 1e-7, 'returned');
  });
});

describe('stored calculations of Psi4 give its n-body energies', () => {
  const totals = {
    nocp: [-11.530668717083888, -11.522851206178828, -11.523095269671348, -11.523038093664368],
    cp: [-11.530668717083888, -11.522467757090013, -11.522702864080149, -11.522639870651439],
    vmfc: [-11.530668717083888, -11.52244892169719, -11.52268452228489, -11.522621528856181],
  };

  test('four heliums, MP2', async () => {
    const input = qcschema({
      molecule: heliumSquare,
      driver: 'energy',
      keywords: { bsse_type: 'vmfc', return_total_data: true },
    });
    const { json } = await assembleFiles(input, storedComponents('helium-tetramer-mp2'));
    const { properties, return_result } = json as Result;
    for (const [bsse, energies] of Object.entries(totals)) {
      for (const [i, energy] of energies.entries()) {
        const name = `${bsse}_corrected_total_energy_through_${i + 1}_body`;
        expectClose(properties[name], energy, 1e-10, name);
      }
    }
    expectClose(return_result, totals.vmfc[3], 1e-10, 'returned');
    expect(properties.calcinfo_nmbe).toBe(65);
  });

  test('fluoride, hydrogen fluoride, hydrogen and helium: energies and gradient', async () => {
    const input = qcschema({ molecule: ionTetramer, driver: 'gradient', keywords: { bsse_type: 'nocp' } }, 1);
    const answer = await assembleFiles(input, storedComponents('ion-tetramer-hf'));
    const result = answer.json as Result;
    const energies = [-203.05040290887501, -203.35196718523923, -203.32671800908514, -203.32531316984924];
    for (const [i, energy] of energies.entries()) {
      const name = `nocp_corrected_total_energy_through_${i + 1}_body`;
      expectClose(result.properties[name], energy, 1e-10, name);
    }
    const gradient = [
      [-7.40362091e-2, 2.84130342e-3, 1.00812419e-2],
      [7.57644607e-2, -1.48383966e-4, -1.73598306e-3],
      [2.6081274e-2, 4.4015341e-4, 2.02181413e-3],
      [-8.52081479e-3, -2.26666899e-2, -1.10830218e-1],
      [-6.03761361e-3, -1.54080944e-2, 1.0051065e-1],
      [-1.32510973e-2, 3.49417115e-2, -4.75050095e-5],
    ];
    expectClose(result.return_result, gradient, 2.5e-8, 'gradient');
    expect(result.schema_name).toBe('qcschema_manybodyresult');
    expect(result).toHaveProperty('component_properties');
    expect(answer.notes).toEqual(["the model chemistry 'hf' of the results is taken for '(auto)'"]);
  });
});

test('without totals, cp gives interactions and no totals', async () => {
  const input = qcschema({ molecule: heliumSquare, driver: 'energy', keywords: { bsse_type: 'cp' } });
  const { json } = await assembleFiles(input, storedComponents('helium-tetramer-mp2'));
  const { properties, return_result } = json as Result;
  expectClose(return_result, -11.522639870651439 + 11.530668717083888, 1e-10, 'returned');
  expect(properties.cp_corrected_interaction_energy_through_1_body).toBe(0);
  expect(Object.keys(properties).filter((name) => name.includes('total'))).toEqual([]);
});

test.each(['nocp', 'cp'])('only monomers and the whole, %s: what skips levels has no name', async (bsse) => {
  const keywords = { bsse_type: bsse, supersystem_ie_only: true, return_total_data: true };
  const input = qcschema({ molecule: heliumSquare, driver: 'energy', keywords });
  const { json } = await assembleFiles(input, storedComponents('helium-tetramer-mp2'));
  const names = Object.keys((json as Result).properties).filter((name) => name.startsWith(bsse));
  expect(names.sort()).toEqual(
    [
      `${bsse}_corrected_total_energy`,
      `${bsse}_corrected_interaction_energy`,
      `${bsse}_corrected_total_energy_through_1_body`,
      `${bsse}_corrected_interaction_energy_through_1_body`,
      `${bsse}_corrected_total_energy_through_4_body`,
      `${bsse}_corrected_interaction_energy_through_4_body`,
    ].sort(),
  );
  const total = bsse === 'nocp' ? -11.523038093664368 : -11.522639870651439;
  expectClose((json as Result).return_result, total, 1e-10, 'returned');
});

describe('an incomplete set', () => {
  test('says what is missing and gives what is known', async () => {
    const { '["(auto)", [1, 2, 4], [1, 2, 4]]': _, ...rest } = storedComponents('helium-tetramer-mp2');
    const input = qcschema({
      molecule: heliumSquare,
      driver: 'energy',
      keywords: { bsse_type: 'nocp', return_total_data: true },
    });
    const answer = await assembleFiles(input, rest);
    expect(answer.isComplete).toBe(false);
    const { properties, success, return_result, extras } = answer.json as Result;
    expect(success).toBe(false);
    expect(return_result).toBeNull();
    expect(extras).toMatchObject({ missing: ['["(auto)", [1, 2, 4], [1, 2, 4]]'] });
    expectClose(properties.nocp_corrected_total_energy_through_2_body, -11.522851206178828, 1e-10, '2-body');
    expect(properties).not.toHaveProperty('nocp_corrected_total_energy_through_3_body');
    expect(answer.text).toContain('Missing: 1 of 15 calculations\n    (1, 2, 4)@(1, 2, 4)');
    expect(answer.text).toContain('1 of 4 3-mers lack results; the other 3 add up to');
  });

  test('of gradients is as incomplete as one of energies', async () => {
    const components = structuredClone(storedComponents('ion-tetramer-hf'));
    delete components['["hf", [3], [3]]']!.gradient;
    const input = qcschema({ molecule: ionTetramer, driver: 'gradient', keywords: { bsse_type: 'nocp' } });
    const answer = await assembleFiles(input, components);
    expect(answer.isComplete).toBe(false);
    const { properties } = answer.json as Result;
    expect(properties.return_energy).toBeCloseTo(-203.3253131698, 8);
    expect(properties).not.toHaveProperty('return_gradient');
  });
});

test('tables have the layout of QCManyBody', async () => {
  const input = qcschema({
    molecule: heliumSquare,
    driver: 'energy',
    keywords: { bsse_type: 'nocp', return_total_data: true, max_nbody: 3 },
  });
  const { text } = await assembleFiles(input, storedComponents('helium-tetramer-mp2'));
  expect(text.split('\n').slice(0, 12).join('\n')).toMatchInlineSnapshot(`
    "
       ==> N-Body: Non-Counterpoise Corrected (NoCP) energies <==

                  MC n-Body  Total Energy            Interaction Energy                          N-body Contribution to Interaction Energy
                             [Eh]                    [Eh]                  [kcal/mol]            [Eh]                  [kcal/mol]
                  §A  1      -11.530668717084        0.000000000000        0.000000000000        0.000000000000        0.000000000000
                  §A  2      -11.522851206178        0.007817510906        4.905562154980        0.007817510906        4.905562154980
              RTN §A  3      -11.523095269670        0.007573447414        4.752410001386       -0.000244063492       -0.153152153593
             FULL     4        N/A                   N/A                   N/A                   N/A                   N/A           

       MC Legend: §A: "(auto)"
    "
  `);
});
