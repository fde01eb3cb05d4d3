/** Hard models against the independent computation of reference/make_reference.py, in both forms. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { forms } from '../../../src/solvers/tem1d/kernel.js';
import { kernelOf, responses } from './models.js';

interface Reference {
  readonly name: string;
  readonly input: {
    readonly resistivities: number[];
    readonly thicknesses: number[];
    readonly times: number[];
  };
  /** One a gate; null where the script has no closed form for it. */
  readonly b: readonly (number | null)[];
  readonly dbdt: readonly number[];
}

const text = readFileSync(new URL('./reference/reference.json', import.meta.url), 'utf8');
const references = JSON.parse(text) as readonly Reference[];

describe.each(forms())('the %s form', (form) => {
  it.each(references)('is within 1e-6 of the reference: $name', async ({ input, b, dbdt }) => {
    const { resistivities, thicknesses, ...settings } = input;
    const model = {
      resistivities: Float64Array.from(resistivities),
      thicknesses: Float64Array.from(thicknesses),
    };
    const compute = (response: string): Promise<Float64Array> =>
      responses(kernelOf(resistivities.length, { ...settings, response }, form), model, 0, 1);
    const [field, decay] = [await compute('b'), await compute('dbdt')];
    dbdt.forEach((expectedDecay, i) => {
      const expectedField = b[i] ?? null;
      expect(Math.abs((decay[i] as number) / expectedDecay - 1)).toBeLessThan(1e-6);
      if (expectedField !== null)
        expect(Math.abs((field[i] as number) / expectedField - 1)).toBeLessThan(1e-6);
    });
  });
});
