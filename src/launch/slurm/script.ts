/** The sbatch script of a study: what was asked for, laid over the study's and the site's settings, as text. */
import { InputError } from '../../errors/input-error.js';
import { shellWord } from '../../process/spawn/shell-word.js';
import type { Plan } from '../../runtime/plan.js';
import { shardsFolder } from '../../store/shard-folders.js';
import { defaultExecution } from '../../study/execution.js';
import { durationText } from '../../study/quantities.js';
import type { JobSettings, MpiFamily, ScriptSettings, SlurmSettings } from '../../study/slurm/settings.js';
import type { Study } from '../../study/study.js';
import { jobBounds, type Partition } from './cluster-limits.js';
import { directives } from './directives.js';
import { type LaunchLine, launchLine } from './launch-line.js';
import { signalLeadMs } from './lead.js';
import { type Proposal, propose } from './proposal.js';
import { defaultMaxArraySize, type Shape, shapeOf } from './shape.js';
import type { Site } from './site.js';
import { softwareValues } from './software.js';
import { fillTemplate, ownTemplate, readTemplate } from './template.js';
import { comment, exports, scratchWord, staggerSeconds, words } from './text.js';

export interface ScriptRequest {
  readonly study: Study;
  /** Study file and run directory as the job finds them: absolute paths there. */
  readonly studyPath: string;
  readonly runDir: string;
  /** Program and arguments that start shoal there, unless the site says it. */
  readonly program: readonly string[];
  readonly site: Site;
  /** What the command line says; it wins over the study, which wins over the site. */
  readonly settings: Omit<SlurmSettings, 'site'>;
  /** Options of `run`, as words. */
  readonly runOptions: readonly string[];
  /** How the script was made, for its head: a command. */
  readonly made: string;
  /** The MPI library of this machine, which holds where nothing else is said. */
  readonly mpiHere?: MpiFamily | undefined;
  /** The cluster's own, where it could be asked. */
  readonly maxArraySize?: number | undefined;
  /** The cluster's partitions, where it can be asked; empty elsewhere. */
  readonly partitions?: (() => Promise<readonly Partition[]>) | undefined;
  /** Predictions for numbers of ranks; may throw what planning throws. */
  plan(ranks: readonly number[]): Promise<Plan>;
}

export interface PreparedScript {
  readonly text: string;
  /** As they stand in the script: nothing is `auto` any more. */
  readonly job: JobSettings;
  readonly script: ScriptSettings;
  readonly shape: Shape;
  readonly site: string;
  readonly studyPath: string;
  readonly runDir: string;
  /** Folder of the run directories of shards, where the job is an array. */
  readonly shardsDir: string | undefined;
  /** Why so many ranks and so much time, where they were proposed. */
  readonly why: string | undefined;
}

/** Throws InputError for settings that contradict each other or the study. */
export async function prepareScript(request: ScriptRequest): Promise<PreparedScript> {
  const { study, site, studyPath, runDir } = request;
  const asked = jobOf(request);
  const { script } = asked;
  const most = site.maxArraySize ?? request.maxArraySize ?? defaultMaxArraySize;
  const shape = shapeOf(study, script, asked.job, request.runOptions, most);
  const proposal = await proposalFor(request, asked.job, shape);
  const job = await finalJob(request, asked, shape, proposal);
  const shardsDir = shape.kind === 'array' ? shardsFolder(runDir) : undefined;
  const launch = shape.kind === 'array' ? undefined : launchLine(site, script, request.mpiHere);
  const nodes = nodeValues(shape.kind === 'allocation' && job.nodes !== 1);
  const values = {
    ...{ directives: [...directives(job), ...arrayLine(shape, script)].join('\n'), made: request.made },
    ...{ program: words(site.program ?? request.program) },
    ...{ study: shellWord(studyPath), runDir: shellWord(runDir), shardsDir: shellWord(shardsDir ?? '') },
    proposal: proposal ? comment(`Proposed: ${proposal.why}.`) : '',
    ...softwareValues(script.modules, site.setup),
    environment: environmentLines(script, job, launch).join('\n'),
    scratch: scratchWord(script.scratch, '$SLURM_JOB_ID'),
    ...nodes,
    // Once a job is to be started again, nothing can be started on its other nodes.
    tidy: script.scratch === undefined ? '' : `${nodes.onNodes}rm -rf "$SHOAL_SCRATCH" || :\ntrap - EXIT\n`,
    ...launchValues(launch, script),
    runOptions: request.runOptions.map((word) => ` ${shellWord(word)}`).join(''),
    stagger: staggerSeconds(script.stagger),
    late: staggerSeconds(script.stagger) === '' ? '' : lateWords,
    ...arrayValues(shape),
  };
  const chain = fillTemplate(ownTemplate(`chain-${script.chain ?? 'requeue'}.sh`), values, 'chain').trimEnd();
  const path = site.template;
  const own = shape.kind === 'array' ? 'array.sh' : 'job.sh';
  const text = fillTemplate(path ? readTemplate(path) : ownTemplate(own), { ...values, chain }, path ?? own);
  return { text, job, script, shape, site: site.name, studyPath, runDir, shardsDir, why: proposal?.why };
}

const arrayJob = `$\{SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID`;

/** What is done once on each node of a job that may have several. */
function nodeValues(hasSeveral: boolean): Readonly<Record<'onNodes' | 'checkOn' | 'alike', string>> {
  if (!hasSeveral) return { onNodes: '', checkOn: '', alike: '' };
  const once = '--ntasks-per-node=1 --ntasks="$SLURM_NNODES" ';
  // Without a rank's variables, by which a library would take the check for one.
  return { onNodes: `srun ${once}`, checkOn: `srun --mpi=none ${once}`, alike: ` |\n  awk '${alikeWords}'` };
}

/** Of lines `ready on HOST: what there is`, one for all hosts that say the same. */
const alikeWords =
  '{ at = $3; sub(/:$/, "", at); sub(/^[^:]*: /, ""); on[$0] = on[$0] " " at } END { for (all in on) print "ready on" on[all] ": " all }';

/** The array that `job.sh` makes of the start's delay, in front of what each rank runs. */
const lateWords = `"$\{late[@]}" `;

/** What a job is asked to have: options over the study over the site. */
export function jobOf({ study, site, settings }: Pick<ScriptRequest, 'study' | 'site' | 'settings'>): {
  job: JobSettings;
  script: ScriptSettings;
} {
  const { job, script } = study.slurm ?? { job: {}, script: {} };
  const merged = { ...site.script, ...script, ...settings.script };
  const environment = {
    ...site.script.environment,
    ...script.environment,
    ...settings.script.environment,
  };
  const layers = [
    { job: site.job, hasShards: false },
    { job, hasShards: script.shards !== undefined },
    { job: settings.job, hasShards: settings.script.shards !== undefined },
  ];
  const settled = layers.reduce<JobSettings>(
    // Nodes and ranks that were meant for one allocation are none of a job array's.
    (under, layer) => withMemory(layer.hasShards ? withoutRanks(under) : under, layer.job),
    {},
  );
  return { job: settled, script: { ...merged, environment } };
}

/** Slurm takes memory by node or by core: who says the one takes back the other. */
function withMemory(under: JobSettings, job: JobSettings): JobSettings {
  if (job.mem !== undefined && job.memPerCpu !== undefined) {
    throw new InputError('mem and mem_per_cpu contradict each other', {
      expected: 'mem, the memory of each node, or mem_per_cpu, that of each core',
    });
  }
  const { mem: _, memPerCpu: __, ...rest } = under;
  const isSaid = job.mem !== undefined || job.memPerCpu !== undefined;
  return { ...(isSaid ? rest : under), ...job };
}

function withoutRanks({ nodes: _, ntasks: __, ntasksPerNode: ___, ...job }: JobSettings): JobSettings {
  return job;
}

async function proposalFor(
  { study, site, plan, partitions }: ScriptRequest,
  job: JobSettings,
  shape: Shape,
): Promise<Proposal | undefined> {
  const { ntasks, time, cpusPerTask } = job;
  if (ntasks !== 'auto' && time !== 'auto') return undefined;
  const shards =
    shape.kind === 'array' ? { count: shape.shards, each: Math.ceil(shape.shards / shape.tasks) } : undefined;
  const ranks = shards ? (cpusPerTask ?? 1) : ntasks;
  if (ranks === undefined) {
    throw new InputError('time: auto needs the number of ranks', { expected: 'ntasks: a number, or auto' });
  }
  const bounds = jobBounds((await partitions?.()) ?? [], job);
  return propose({
    ...{ ranks, timeMs: time, ranksPerTask: study.execution.ranksPerTask, shards, plan },
    ...{
      mostRanks: least(site.maxRanks, bounds?.mostRanks),
      mostTimeMs: least(site.maxTimeMs, bounds?.mostTimeMs),
    },
    boundsOf: bounds?.of,
  });
}

function least(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

/** With our defaults, and without what was left to us. */
async function finalJob(
  { study, plan }: ScriptRequest,
  { job, script }: ReturnType<typeof jobOf>,
  shape: Shape,
  proposal: Proposal | undefined,
): Promise<JobSettings> {
  const { chain = 'requeue' } = script;
  const { requeue = chain !== 'none' } = job;
  if (chain === 'requeue' && !requeue) {
    throw new InputError('requeue: false contradicts chain: requeue', {
      expected: 'chain: resubmit, which starts a new job each time, or chain: none',
    });
  }
  const { timeoutMs } = study.execution;
  const timeMs = proposal ? proposal.timeMs : job.time === 'auto' ? undefined : job.time;
  const lead = async (): Promise<number | undefined> =>
    signalLeadMs({
      timeMs,
      longestMs: proposal?.longestMs ?? (await longestOf(plan)),
      timeoutMs: timeoutMs === defaultExecution.timeoutMs ? undefined : timeoutMs,
    });
  const { signal = 'auto', ntasks, ...rest } = job;
  if (typeof signal === 'number' && timeMs !== undefined && signal >= timeMs) {
    throw new InputError('signal would come before the job does anything', {
      expected: `less than its time limit, ${durationText(timeMs)}`,
      given: durationText(signal),
    });
  }
  const final = {
    output: shape.kind === 'array' ? '%x-%A_%a.out' : '%x-%j.out',
    jobName: study.name,
    ...rest,
    ntasks: shape.kind === 'array' ? undefined : (proposal?.ranks ?? ntasks),
    time: timeMs,
    requeue,
    signal: signal === 'auto' ? await lead() : signal === 'none' ? undefined : signal,
  };
  return Object.fromEntries(Object.entries(final).filter(([, value]) => value !== undefined)) as JobSettings;
}

/** What is not known, or cannot be planned here, leaves the lead to what the study allows. */
async function longestOf(plan: ScriptRequest['plan']): Promise<number | undefined> {
  try {
    const { unit, longest, remaining } = await plan([1]);
    return unit === 'ms' && remaining > 0 ? longest : undefined;
  } catch {
    return undefined;
  }
}

function arrayLine(shape: Shape, { arrayLimit }: ScriptSettings): readonly string[] {
  if (shape.kind === 'allocation') return [];
  return [`#SBATCH --array=1-${shape.tasks}${arrayLimit === undefined ? '' : `%${arrayLimit}`}`];
}

function environmentLines(
  { environment }: ScriptSettings,
  job: JobSettings,
  launch: LaunchLine | undefined,
): string[] {
  const lines = exports(environment ?? {});
  // Since release 22.05, steps no longer have what the job was asked to have.
  if (launch?.launcher === 'srun' && job.cpusPerTask !== undefined)
    lines.push('export SRUN_CPUS_PER_TASK="$SLURM_CPUS_PER_TASK"');
  return lines;
}

function launchValues(launch: LaunchLine | undefined, script: ScriptSettings) {
  const check = script.preflight === false ? '' : '--study "$study"';
  if (launch === undefined) return { launch: '', stopSignal: 'USR2', check: check && `--mpi none ${check}` };
  const { family, line, stopSignal } = launch;
  return { launch: line, stopSignal, check: check && `--mpi ${family} ${check}` };
}

function arrayValues(shape: Shape): Readonly<Record<string, string>> {
  if (shape.kind === 'allocation')
    return { shardCount: '', taskCount: '', split: '', arrayTask: '', job: '$SLURM_JOB_ID' };
  const { shards, tasks } = shape;
  const split = ` There are more of them than the cluster allows tasks:\n# each task computes every ${tasks}th.`;
  return {
    ...{ shardCount: String(shards), taskCount: String(tasks), split: shards > tasks ? split : '' },
    arrayTask: '--array="$SLURM_ARRAY_TASK_ID" ',
    // The plain number of one of the tasks is that of the whole array.
    job: arrayJob,
  };
}
