/** Libraries in programs sum in another order with other numbers of threads. */
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { packageRoot } from '../../../../src/process/install.js';
import { program } from '../../../program.js';
import { isThere } from '../programs/water.js';
import { answer, run } from './folder.js';

beforeAll(() => {
  program();
});

test('The bits of an expansion by MOPAC do not depend on how many workers share the cores', {
  timeout: 300_000,
}, () => {
  if (!isThere('mopac')) return;
  const input = {
    molecule: {
      file: join(packageRoot(), 'examples', '10-manybody', 'water-hexamer.xyz'),
      units: 'angstrom',
    },
    bsse: 'nocp',
    levels: { 2: { program: 'mopac', method: 'PM6' } },
  };
  const answers = ['1', '2'].map((ranks) => {
    const done = run('cores', input, '--ranks', ranks, '--run-dir', `runs/cores-${ranks}`);
    expect(done.status, done.stderr).toBe(0);
    return answer(`cores-${ranks}`);
  });
  expect(answers[0]).toBe(answers[1]);
});
