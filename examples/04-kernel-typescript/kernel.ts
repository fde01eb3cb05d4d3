import { defineKernel } from 'shoal';

/** Period of a pendulum of any amplitude, exactly: 2 pi sqrt(l / g) / agm(1, cos(amplitude / 2)). */
export const kernel = defineKernel({
  name: 'pendulum',
  version: '1',
  inputs: [
    { name: 'length', unit: 'm' },
    { name: 'amplitude', unit: 'rad' },
  ],
  outputs: [{ name: 'period', unit: 's' }],
  run({ length, amplitude }) {
    if (Math.abs(amplitude) >= Math.PI) throw new RangeError(`${amplitude} rad is past the upright position`);
    let [a, b] = [1, Math.cos(amplitude / 2)];
    for (let step = 0; step < 8; step++) [a, b] = [(a + b) / 2, Math.sqrt(a * b)];
    return { period: (2 * Math.PI * Math.sqrt(length / 9.80665)) / a };
  },
});
