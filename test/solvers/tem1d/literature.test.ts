/** Closed forms and published values: half-spaces, two and three layers, heights, offsets, a ramp. */
import { describe, expect, it } from 'vitest';
import { evaluateModel } from '../../../src/solvers/tem1d/evaluate.js';

const mu0 = 4e-7 * Math.PI;

/** Largest relative error of a model's responses. */
async function worstError(model: object, expected: readonly number[]): Promise<number> {
  const { responses } = await evaluateModel(model);
  expect(responses).toHaveLength(expected.length);
  return Math.max(...responses.map((value, i) => Math.abs(value / (expected[i] as number) - 1)));
}

describe('a half-space of 100 ohm m under the centre of a loop of 50 m', () => {
  const model = {
    resistivities: [100],
    tx_area: 7853.981633974483,
    times: [1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2],
  };

  // Ward & Hohmann 1988, 4.97 and 4.98, evaluated with 40 digits.
  it('gives B within 1e-7 of the closed form from 0.1 us to 10 ms', async () => {
    const b = [
      1.56944225092636e-12, 1.29470196432778e-12, 2.43315179071843e-13, 1.02478574074346e-14,
      3.33977718315682e-16, 1.05933280220011e-17,
    ];
    expect(await worstError({ ...model, response: 'b' }, b)).toBeLessThan(1e-7);
  });

  it('gives -dB/dt within 5e-7 of the closed form from 0.1 us to 10 ms', async () => {
    const dbdt = [
      3.05577490736439e-7, 3.0321560581985e-7, 2.91037567792264e-8, 1.50302770689857e-10,
      4.99843532039178e-13, 1.58864266827393e-15,
    ];
    expect(await worstError({ ...model, response: 'dbdt' }, dbdt)).toBeLessThan(5e-7);
  });

  it('answers to a ramp of 4 us with the difference of B over it', async () => {
    const ramp = {
      ...model,
      times: [1e-5, 1e-4, 1e-3],
      response: 'dbdt',
      waveform: { times: [-4e-6, 0], currents: [1, 0] },
    };
    expect(
      await worstError(ramp, [2.0724705700744e-8, 1.4327647260031e-10, 4.973614786528e-13]),
    ).toBeLessThan(1e-7);
  });
});

describe('a small loop seen from 100 m', () => {
  const model = {
    resistivities: [100],
    tx_area: 1e-4,
    tx_rx_separation: 100,
    times: [1e-5, 1e-4, 1e-3, 1e-2],
  };

  // Ward & Hohmann 1988, 4.69a and 4.70: of a dipole, from which this loop differs by 1e-9.
  it('gives the field of a vertical dipole', async () => {
    const h = [1.0382445072608e-8, 6.4345089588375e-9, 2.5957905015023e-10, 8.4100624946195e-12];
    const expected = h.map((value) => mu0 * value);
    expect(await worstError({ ...model, response: 'b' }, expected)).toBeLessThan(1e-6);
  });

  it('gives its decay, through the change of sign', async () => {
    const h = [-0.0038898329227496, 7.9029626694983e-5, 3.8237330147423e-7, 1.2592445480884e-9];
    const expected = h.map((value) => mu0 * value);
    expect(await worstError({ ...model, response: 'dbdt' }, expected)).toBeLessThan(1e-6);
  });
});

describe('layers under a loop of 10 m', () => {
  const late = [1e-5, 1e-4, 1e-3, 1e-2];

  it.each([
    {
      name: '100 over 10 ohm m',
      model: { resistivities: [100, 10], depths: [0, 50], times: [1e-6, ...late] },
      b: [
        9.2867713048065e-12, 3.4427424296644e-13, 4.6371253823615e-14, 4.949191538861e-15,
        2.5909202502567e-16,
      ],
      dbdt: [
        1.2729222943257e-5, 4.5890141049241e-8, 3.6038923568685e-10, 5.7217414813827e-12, 3.5632562276702e-14,
      ],
    },
    {
      name: '100, 10 and 50 ohm m',
      model: { resistivities: [100, 10, 50], thicknesses: [30, 70], times: late },
      b: [5.3905191383539e-13, 8.8486384885692e-14, 4.6011873689802e-15, 6.3101012782662e-17],
      dbdt: [4.1876969074868e-8, 8.412031583064e-10, 7.7957115645224e-12, 1.1687428260406e-14],
    },
    {
      name: 'the same from 1 m above ground',
      model: {
        resistivities: [100, 10, 50],
        depths: [0, 30, 100],
        tx_height: 1,
        rx_height: 1,
        times: [1e-5, 1e-4],
      },
      b: [5.007401580226e-13, 8.4942592196998e-14],
      dbdt: [3.8194646889797e-8, 7.9585254644123e-10],
    },
  ])('give the reference values: $name', async ({ model, b, dbdt }) => {
    expect(await worstError({ ...model, response: 'b' }, b)).toBeLessThan(1e-7);
    expect(await worstError({ ...model, response: 'dbdt' }, dbdt)).toBeLessThan(1e-7);
  });
});
