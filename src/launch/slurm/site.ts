/** What a site says of itself: its software, its launchers, and what its jobs have unless told otherwise. */
import { z } from 'zod';
import type { TransportKind } from '../../ssh/pool.js';
import { jobSchema, jobSettingsOf } from '../../study/slurm/job-settings.js';
import { scriptShape } from '../../study/slurm/section.js';
import {
  type JobSettings,
  type MpiFamily,
  present,
  type ScriptSettings,
  type SlurmLauncher,
} from '../../study/slurm/settings.js';

/** What runs what is submitted to a host. */
export const schedulers = ['slurm', 'none'] as const;
export type Scheduler = (typeof schedulers)[number];

/** Ways to a host, as `--ssh` names them. */
export const sshKinds = ['ssh2', 'system'] as const satisfies readonly TransportKind[];

const launcherLines = z.strictObject({
  mpirun: z
    .string()
    .min(1)
    .optional()
    .describe('Command that starts the ranks by mpirun, its options with it.'),
  srun: z.string().min(1).optional().describe('The same by srun.'),
});

export const siteSchema = z.strictObject({
  description: z.string().optional().describe('What cluster this is.'),
  ...scriptShape,
  program: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .optional()
    .describe('How shoal is started on the nodes: node and its dist/main.js; as on this machine by default.'),
  scheduler: z
    .enum(schedulers)
    .optional()
    .describe(
      'What runs studies that are submitted: slurm, or none, where a run starts at once and by itself; as the host has it ' +
        'by default.',
    ),
  ssh: z
    .enum(sshKinds)
    .optional()
    .describe(
      "What connects to the site's host: ssh2, built in, or system, the ssh program of this machine.",
    ),
  setup: z.string().optional().describe('Lines of bash that run behind the modules.'),
  launchers: z
    .strictObject({
      openmpi: launcherLines.optional(),
      mpich: launcherLines.optional(),
      intel: launcherLines.optional(),
      cray: launcherLines.optional(),
    })
    .optional()
    .describe('What starts the ranks, by MPI library.'),
  job: jobSchema.optional().describe('Settings of jobs that studies and options do not set.'),
  template: z
    .string()
    .min(1)
    .optional()
    .describe('Template of scripts in place of the one that comes with shoal.'),
  max_array_size: z.int().min(2).optional().describe("MaxArraySize of the site's slurm.conf."),
  max_time: jobSchema.shape.time.describe('Longest time limit that `time: auto` asks for.'),
  max_ntasks: z.int().min(1).optional().describe('Most ranks that `ntasks: auto` asks for.'),
});

export interface Site {
  readonly name: string;
  readonly script: ScriptSettings;
  readonly job: JobSettings;
  readonly program?: readonly string[] | undefined;
  readonly scheduler?: Scheduler | undefined;
  readonly ssh?: TransportKind | undefined;
  readonly setup: string;
  readonly launchers: Launchers;
  /** Absolute path. */
  readonly template?: string | undefined;
  readonly maxArraySize?: number | undefined;
  readonly maxTimeMs?: number | undefined;
  readonly maxRanks?: number | undefined;
}

export type Launchers = Readonly<
  Partial<Record<MpiFamily, Readonly<Partial<Record<SlurmLauncher, string>>>>>
>;

/** As validated, on its own: `over` lays it over the generic one. */
export function siteOf(name: string, document: z.output<typeof siteSchema>): Site {
  const { program, setup = '', launchers, job, template, max_array_size, max_time, max_ntasks } = document;
  const { mpi, launcher, modules, environment, scratch, stagger, preflight, chain } = document;
  return {
    name,
    scheduler: document.scheduler,
    ssh: document.ssh,
    script: present({ mpi, launcher, modules, environment, scratch, stagger, preflight, chain }),
    job: jobSettingsOf(job ?? {}),
    program: typeof program === 'string' ? program.split(/\s+/) : program,
    setup: setup.trim(),
    launchers: (launchers ?? {}) as Launchers,
    template,
    maxArraySize: max_array_size,
    maxTimeMs: typeof max_time === 'number' ? max_time : undefined,
    maxRanks: max_ntasks,
  };
}

/** `site` where it says something, else `base`; launchers and variables one by one. */
export function over(site: Site, base: Site): Site {
  const families = Object.keys({ ...base.launchers, ...site.launchers }) as MpiFamily[];
  const launchers = families.map((family) => [
    family,
    { ...base.launchers[family], ...site.launchers[family] },
  ]);
  const environment = { ...base.script.environment, ...site.script.environment };
  return {
    ...present(base),
    ...present(site),
    script: { ...base.script, ...site.script, environment },
    job: { ...base.job, ...site.job },
    launchers: Object.fromEntries(launchers) as Launchers,
  };
}
