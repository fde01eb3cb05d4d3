import { defineKernel } from 'shoal';

export const kernel = defineKernel({
  name: 'square',
  version: '1',
  inputs: [{ name: 'x' }, { name: 'pause' }],
  outputs: [{ name: 'y' }, { name: 'powers', shape: [3] }],
  async run({ x, pause }) {
    if (x === 3) throw new RangeError('three is refused');
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
    return { y: x * x, powers: [1, x, x * x] };
  },
});
