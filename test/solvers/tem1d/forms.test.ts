/** The C and the TypeScript form, and what a batch must not change. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openLibrary } from '../../../src/ffi/koffi.js';
import { nativeLibraryPath } from '../../../src/kernels/native.js';
import { forms } from '../../../src/solvers/tem1d/kernel.js';
import { contextOf } from '../../kernels/context.js';
import { kernelOf, randomModels, responses } from './models.js';

const library = nativeLibraryPath();
const threeDecades = { times: { logspace: [1e-6, 1e-3, 16] } };

const surveys = [
  { name: 'b', settings: threeDecades },
  { name: 'dbdt', settings: { ...threeDecades, response: 'dbdt' } },
  { name: 'an offset receiver', settings: { ...threeDecades, tx_rx_separation: 23 } },
  {
    name: 'a loop in the air',
    settings: { ...threeDecades, tx_height: 30, rx_height: 32, response: 'dbdt' },
  },
  {
    name: 'a ramp and filters',
    settings: {
      ...threeDecades,
      response: 'dbdt',
      waveform: { times: [-1e-4, -9e-5, -3e-6, 0], currents: [0, 1, 1, 0] },
      lowpass: [450e3, 300e3],
    },
  },
];

describe.skipIf(library === undefined)('the two forms', () => {
  it('are both offered, C first', () => {
    expect(forms()).toEqual(['c', 'typescript']);
  });

  it.each(surveys)('agree but for rounding: $name', async ({ settings }) => {
    const [count, layers] = [12, 4];
    const models = randomModels(count, layers);
    const native = await responses(kernelOf(layers, settings, 'c'), models, 0, count);
    const reference = await responses(kernelOf(layers, settings, 'typescript'), models, 0, count);
    const gates = native.length / count;
    native.forEach((value, i) => {
      // Where the response changes sign, its neighbours tell how large it is.
      const gate = i % gates;
      const near = [
        reference[i - (gate > 0 ? 1 : 0)],
        reference[i],
        reference[i + (gate + 1 < gates ? 1 : 0)],
      ];
      const envelope = Math.max(...near.map((other) => Math.abs(other as number)));
      expect(Math.abs(value - (reference[i] as number))).toBeLessThan(1e-11 * envelope);
    });
  });
});

const kernels = forms().map((form) => ({ form, settings: { times: [1e-5, 1e-4, 1e-3] } }));

describe.each(kernels)('the $form form', ({ form, settings }) => {
  it('gives a model the same bits whatever batch it comes in', async () => {
    const [count, layers] = [40, 3];
    const kernel = kernelOf(layers, settings, form);
    const models = randomModels(count, layers, 5);
    const whole = await responses(kernel, models, 0, count);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: count - 1 }),
        fc.integer({ min: 1, max: 17 }),
        async (first, size) => {
          const length = Math.min(size, count - first);
          const part = await responses(kernel, models, first, length);
          expect(part).toEqual(whole.subarray(first * 3, (first + length) * 3));
        },
      ),
      { numRuns: form === 'c' ? 100 : 5 },
    );
  });

  it('fails the models that cannot be, and computes their neighbours', async () => {
    const kernel = kernelOf(2, settings, form);
    const resistivities = Float64Array.of(100, 10, -5, 10, 100, 10, Number.NaN, 1, 100, 10);
    const thicknesses = Float64Array.of(20, 20, 0, 20, 20);
    const out = new Float64Array(15);
    const failures = await kernel.runBatch?.(
      5,
      { resistivities, thicknesses },
      { responses: out },
      contextOf(),
    );
    expect(failures).toEqual([
      {
        offset: 1,
        status: 'failed',
        type: 'InvalidModel',
        message: 'a resistivity is not a number from 1e-9 to 1e15 ohm m',
      },
      {
        offset: 2,
        status: 'failed',
        type: 'InvalidModel',
        message: 'a thickness is not a positive number of at most 1e9 m',
      },
      {
        offset: 3,
        status: 'failed',
        type: 'InvalidModel',
        message: 'a resistivity is not a number from 1e-9 to 1e15 ohm m',
      },
    ]);
    expect(Array.from(out.subarray(3, 12)).every(Number.isNaN)).toBe(true);
    expect(out.subarray(0, 3)).toEqual(out.subarray(12, 15));
    expect(out[0]).toBeGreaterThan(0);
  });

  it('takes two hundred layers', async () => {
    const layers = 200;
    const settings200 = { times: [1e-5, 1e-3] };
    const halfSpace = await responses(
      kernelOf(1, settings200, form),
      { resistivities: Float64Array.of(50) },
      0,
      1,
    );
    const models = {
      resistivities: new Float64Array(layers).fill(50),
      thicknesses: new Float64Array(layers - 1).fill(1.5),
    };
    const layered = await responses(kernelOf(layers, settings200, form), models, 0, 1);
    layered.forEach((value, i) => {
      expect(value / (halfSpace[i] as number)).toBeCloseTo(1, 9);
    });
  });
});

describe.skipIf(library === undefined)('the native library', () => {
  it('gives the same bits on every instruction set of this machine', async () => {
    const choose = openLibrary(library as string).func('int32_t shoal_native_isa(int32_t request)');
    const best = choose(-1) as number;
    const models = randomModels(37, 5, 11);
    const kernel = kernelOf(5, { ...threeDecades, response: 'dbdt' }, 'c');
    const expected = await responses(kernel, models, 0, 37);
    try {
      for (let isa = 0; isa < best; isa++) {
        expect(choose(isa)).toBe(isa);
        expect(await responses(kernel, models, 0, 37)).toEqual(expected);
      }
    } finally {
      choose(best);
    }
  });
});
