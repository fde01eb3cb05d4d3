/** The section `slurm` of a study: settings of its job, and how its script is made. */
import { z } from 'zod';
import { jobSettingsOf, jobShape } from './job-settings.js';
import { chainKinds, mpiFamilies, present, type SlurmSettings, slurmLaunchers } from './settings.js';

const line = z
  .string()
  .min(1)
  .regex(/^[^\n\r]+$/, 'text of one line');
const name = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** What sites say too. */
export const scriptShape = {
  mpi: z
    .enum(mpiFamilies)
    .optional()
    .describe(`MPI library of the job: ${mpiFamilies.join(', ')}.`),
  launcher: z
    .enum(slurmLaunchers)
    .optional()
    .describe('What starts the ranks, as far as the site does not say it: mpirun or srun.'),
  modules: z.array(line).optional().describe('Modules that are loaded, in this order.'),
  environment: z
    .record(z.string().regex(name, 'a name of a variable'), z.union([z.string(), z.number()]))
    .optional()
    .describe('Variables that the job needs; $OTHER in a value is the value of another.'),
  scratch: line
    .optional()
    .describe('Folder on the disk of each node for what is needed for a moment, like /local/$SLURM_JOB_ID.'),
  stagger: z
    .union([z.int().min(0), line])
    .optional()
    .describe('Time over which the starts of ranks are spread, like 20 s.'),
  preflight: z
    .boolean()
    .optional()
    .describe('Whether MPI, Node and the kernel are checked first; yes by default.'),
  chain: z
    .enum(chainKinds)
    .optional()
    .describe('How a study that is longer than its job goes on: requeue (the default), resubmit, none.'),
} as const;

/** What jobs over shards of a study are. */
export const shardShape = {
  shards: z
    .int()
    .min(1)
    .optional()
    .describe('Parts of the study that are computed by a job array, without MPI.'),
  array_limit: z.int().min(1).optional().describe('Tasks of the array that run at the same time.'),
} as const;

export const slurmSection = z
  .strictObject({
    site: z.string().min(1).optional().describe('Site whose settings hold where these say nothing.'),
    ...jobShape,
    ...scriptShape,
    ...shardShape,
  })
  .optional()
  .describe(
    'The job of this study where Slurm runs it: `shoal slurm` makes a script of it. Changes no result.',
  );

export function slurmSettingsOf(section: z.output<typeof slurmSection>): SlurmSettings {
  const { site, mpi, launcher, modules, environment, scratch, stagger, ...more } = section ?? {};
  const { preflight, chain, shards, array_limit: arrayLimit, ...job } = more;
  const script = {
    mpi,
    launcher,
    modules,
    environment,
    scratch,
    stagger,
    preflight,
    chain,
    shards,
    arrayLimit,
  };
  return { site, job: jobSettingsOf(job), script: present(script) };
}
