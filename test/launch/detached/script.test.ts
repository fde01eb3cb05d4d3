import { describe, expect, test } from 'vitest';
import { detachedScript, unusedSettings } from '../../../src/launch/detached/script.js';
import { type Asked, scriptRequest } from '../slurm/request.js';

async function scriptOf(asked: Asked): Promise<string> {
  return detachedScript({ ...(await scriptRequest(asked)), output: '/r/jobs/a b.out' });
}

describe('the script of a run without a scheduler', () => {
  test('has what the site needs, checks the host, and becomes the run', async () => {
    const text = await scriptOf({
      site: 'modules: [openmpi/4.1]\nsetup: ulimit -s unlimited\nenvironment: { A: $HOME/x }\n',
      study: { ntasks: 8, partition: 'short', launcher: 'mpirun', mpi: 'openmpi' },
      runOptions: ['--timeout=10 s'],
    });
    const [, ...lines] = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(lines).toEqual([
      "exec >'/r/jobs/a b.out' 2>&1",
      expect.stringMatching(/^shoal=\(.+\)$/),
      expect.stringMatching(/^study=\/.+/),
      expect.stringMatching(/^run_dir=\/.+/),
      'set +u',
      'type -t module >/dev/null || source /etc/profile || :',
      'module load openmpi/4.1',
      'ulimit -s unlimited',
      'set -u',
      'export A="$HOME/x"',
      `"$\{shoal[@]}" info --check --mpi openmpi --study "$study"`,
      `exec "$\{shoal[@]}" run "$study" --run-dir "$run_dir" --ranks=8 --launcher=mpirun '--timeout=10 s'`,
    ]);
  });

  test('names what of the study is for Slurm alone', async () => {
    const { study } = await scriptRequest({ study: { ntasks: 8, partition: 'short', time: '2 h' } });
    expect([...unusedSettings(study)].sort()).toEqual(['partition', 'time']);
  });

  test.each<[Asked, RegExp]>([
    [{ job: { partition: 'short' } }, /--partition is of Slurm/],
    [{ job: { cpus_per_task: 2 } }, /--cpus-per-task is of Slurm/],
    [{ script: { shards: 2 } }, /--shards is of Slurm/],
    [{ script: { launcher: 'srun' } }, /srun is of Slurm/],
  ])('is refused for %j', async (asked, words) => {
    await expect(scriptOf(asked)).rejects.toThrow(words);
  });
});
