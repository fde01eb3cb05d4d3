import { describe, expect, test } from 'vitest';
import { jobBounds, parsePartitions } from '../../../src/launch/slurm/cluster-limits.js';
import { prepareScript } from '../../../src/launch/slurm/script.js';
import { planOf } from './cases.js';
import { scriptRequest } from './request.js';

const hour = 3_600_000;
/** As Slurm 22.05 prints it, without some fields that nobody reads. */
const line = (name: string, isDefault: string, maxNodes: string, maxTime: string, maxCpus = 'UNLIMITED') =>
  `PartitionName=${name} AllowGroups=ALL AllocNodes=ALL Default=${isDefault} QoS=N/A DefaultTime=00:10:00 MaxNodes=${maxNodes} ` +
  `MaxTime=${maxTime} MinNodes=0 LLN=NO MaxCPUsPerNode=${maxCpus} Nodes=n[1-4] State=UP TotalCPUs=64 TotalNodes=4 ` +
  'TRES=cpu=64,mem=8000M,node=4,billing=64';
const text = [
  line('main', 'YES', 'UNLIMITED', '1-00:00:00'),
  line('short', 'NO', '2', '01:00:00'),
  line('thin', 'NO', 'UNLIMITED', 'UNLIMITED', '4'),
].join('\n');

describe('bounds of a job', () => {
  const partitions = parsePartitions(`${text}\nslurm_load_partitions: odd words\n`);

  test.each([
    ['are those of the default partition', {}, { mostTimeMs: 24 * hour, mostRanks: 64 }],
    ['or of the one it asks for', { partition: ['short'] }, { mostTimeMs: hour, mostRanks: 32 }],
    ['of several the widest', { partition: ['short', 'thin'] }, { mostTimeMs: undefined, mostRanks: 32 }],
    ['count the cores of a rank', { cpusPerTask: 3 }, { mostRanks: 20 }],
    ['count its nodes', { nodes: '1-2' }, { mostRanks: 32 }],
    ['and the ranks that a node may have', { ntasksPerNode: 5 }, { mostRanks: 20 }],
    ['are none of ranks that fit nowhere', { cpusPerTask: 17 }, { mostRanks: undefined }],
  ])('%s', (_, job, expected) => {
    expect(jobBounds(partitions, job)).toMatchObject(expected);
  });

  test('are not known of a partition that is none, and where nobody answers', () => {
    expect(jobBounds(partitions, { partition: ['shrot'] })).toBeUndefined();
    expect(jobBounds(parsePartitions(''), {})).toBeUndefined();
  });

  test('hold for what is proposed, beside those of the site, and stand in its reason', async () => {
    const request = await scriptRequest({
      ...{ site: 'max_time: 2 h\njob: { partition: short }', plan: planOf(1000 * hour) },
      job: { ntasks: 'auto', time: 'auto', nodes: 1 },
    });
    const { job, why } = await prepareScript({ ...request, partitions: async () => partitions });
    expect(job).toMatchObject({ ntasks: 16, time: hour });
    expect(why).toContain('the partition short has room for 16 ranks; the partition short allows 1:00:00');
  });
});
