/** What plans take the nodes of a job to be. */
import { expect, test } from 'vitest';
import { jobHosts } from '../../../src/launch/slurm/job-hosts.js';
import type { JobSettings } from '../../../src/study/slurm/settings.js';

const host = (name: string, slots: number, cores: number, memoryBytes?: number, gpus?: number) => ({
  ...{ name, slots, cores, memoryBytes, gpus },
});

const table: readonly [JobSettings, ReturnType<typeof jobHosts>][] = [
  [{}, undefined],
  [{ ntasks: 64, cpusPerTask: 2 }, undefined],
  [{ ntasks: 'auto', ntasksPerNode: 4 }, undefined],
  [{ nodes: 2 }, [host('node 1', 1, 1), host('node 2', 1, 1)]],
  [{ nodes: '2-4', ntasksPerNode: 8, cpusPerTask: 2 }, [host('node 1', 8, 16), host('node 2', 8, 16)]],
  [{ nodes: 2, ntasks: 5, mem: 64e9 }, [host('node 1', 3, 3, 64e9), host('node 2', 2, 2, 64e9)]],
  [{ ntasks: 12, ntasksPerNode: 8, mem: 0 }, [host('node 1', 6, 6), host('node 2', 6, 6)]],
  [{ nodes: 1, ntasks: 4, cpusPerTask: 8, memPerCpu: 2e9 }, [host('node 1', 4, 32, 64e9)]],
  [{ nodes: 1, gpusPerNode: 'a100:4' }, [host('node 1', 1, 1, undefined, 4)]],
  [{ nodes: 1, gres: 'lscratch:100,gpu:2' }, [host('node 1', 1, 1, undefined, 2)]],
];

test.each(table)('a job of %j has these nodes', (job, expected) => {
  expect(jobHosts(job)).toEqual(expected);
});
