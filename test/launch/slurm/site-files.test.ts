import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InputError } from '../../../src/errors/input-error.js';
import { loadSite, siteFiles } from '../../../src/launch/slurm/site-files.js';

describe('sites', () => {
  let folder: string;
  let environment: NodeJS.ProcessEnv;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'shoal-sites-'));
    environment = { XDG_CONFIG_HOME: folder };
    const sites = join(folder, 'shoal', 'sites');
    mkdirSync(sites, { recursive: true });
    writeFileSync(join(sites, 'home.yaml'), 'mpi: mpich\nlaunchers: { mpich: { mpirun: mpiexec.hydra } }\n');
    writeFileSync(join(sites, 'cray.yaml'), 'job: { account: mine }\n');
    writeFileSync(join(sites, 'template.yaml'), 'template: ../my.sh\n');
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test('come with shoal and from the user, who wins', () => {
    expect([...siteFiles(environment).keys()].sort()).toEqual(
      ['cray', 'generic', 'home', 'intel', 'template'].sort(),
    );
    // What the user says of a site that comes with shoal lies over it.
    expect(loadSite('cray', environment, folder)).toMatchObject({
      ...{ name: 'cray', job: { account: 'mine' } },
      script: { mpi: 'cray', environment: { SHOAL_LIBMPI: expect.stringContaining('CRAY_MPICH_DIR') } },
    });
    expect(loadSite('cray', {}, folder).script.mpi).toBe('cray');
  });

  test('lie over the generic one, launcher by launcher', () => {
    const { launchers, script } = loadSite('home', environment, folder);
    expect(launchers.mpich?.mpirun).toBe('mpiexec.hydra');
    expect(launchers.mpich?.srun).toMatch(/^srun --mpi=pmi2/);
    expect(launchers.openmpi?.mpirun).toMatch(/oob_tcp_keepalive_time/);
    expect(script).toMatchObject({ mpi: 'mpich', chain: 'requeue' });
  });

  test('name their template beside them', () => {
    expect(loadSite('template', environment, folder).template).toBe(join(folder, 'shoal', 'my.sh'));
  });

  test('are files too', () => {
    writeFileSync(join(folder, 'here.yaml'), 'job: { time: 2 h, mem: 4 GiB }\n');
    const site = loadSite('./here.yaml', environment, folder);
    expect([site.name, site.job]).toEqual(['here', { time: 7_200_000, mem: 2 ** 32 }]);
  });

  test.each<[string, string, string]>([
    ['an unknown key', 'modles: [a]', "here.yaml:1:1: modles: Unknown key 'modles'. Did you mean 'modules'?"],
    [
      'an unknown setting',
      'job:\n  partion: x',
      "2:3: job.partion: Unknown key 'partion'. Did you mean 'partition'?",
    ],
    [
      'a time without a unit',
      'job: { time: 90 }',
      'a time with its unit, like 90 min, 2 h, 01:30:00 or 1-12:00:00, got 90',
    ],
    ['memory without a unit', 'job: { mem: 4000 }', 'expected 0 for all of a node, or a size with its unit'],
    [
      'an option of sbatch that is none',
      'job: { options: [nice=1] }',
      'an option of sbatch, like --nice=100',
    ],
    ['two lines', 'job: { comment: "a\\nb" }', 'text of one line'],
    ['an unknown MPI', 'mpi: openmp', 'expected openmpi, mpich, intel or cray'],
  ])('refuse %s', (_, text, message) => {
    writeFileSync(join(folder, 'here.yaml'), text);
    let said = '';
    try {
      loadSite('./here.yaml', environment, folder);
    } catch (error) {
      said = error instanceof InputError ? error.describe() : String(error);
    }
    expect(said).toContain(message);
  });

  test('that do not exist are refused, with the nearest', () => {
    expect(() => loadSite('hme', environment, folder)).toThrow(
      expect.objectContaining({ facts: expect.objectContaining({ hint: "Did you mean 'home'?" }) }),
    );
    expect(() => loadSite('./none.yaml', environment, folder)).toThrow('no such site file');
  });
});
