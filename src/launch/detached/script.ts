/** The script of a run that starts by itself on a host without Slurm. */
import { InputError } from '../../errors/input-error.js';
import { shellWord } from '../../process/spawn/shell-word.js';
import type { JobSettings, SlurmSettings } from '../../study/slurm/settings.js';
import type { Study } from '../../study/study.js';
import type { ScriptRequest } from '../slurm/script.js';
import { softwareValues } from '../slurm/software.js';
import { fillTemplate, ownTemplate } from '../slurm/template.js';
import { expanding, exports, words } from '../slurm/text.js';

type OfAnyScript = 'study' | 'studyPath' | 'runDir' | 'program' | 'site' | 'settings' | 'runOptions' | 'made';

export interface DetachedRequest extends Pick<ScriptRequest, OfAnyScript> {
  /** File that takes all that it prints. */
  readonly output: string;
}

/** Throws InputError for settings that only a scheduler can keep. */
export function detachedScript(request: DetachedRequest): string {
  const { study, site, settings } = request;
  refuseSlurms(settings);
  const { modules, scratch, preflight, mpi } = { ...site.script, ...study.slurm?.script, ...settings.script };
  const environment = {
    ...site.script.environment,
    ...study.slurm?.script.environment,
    ...settings.script.environment,
  };
  const launcher = settings.script.launcher ?? study.slurm?.script.launcher;
  if (launcher === 'srun') {
    throw new InputError('srun is of Slurm', {
      expected: '--launcher mpirun, or none for local processes, on a host without Slurm',
    });
  }
  const ranks = settings.job.ntasks ?? study.slurm?.job.ntasks ?? site.job.ntasks;
  const runOptions = [
    ...(typeof ranks === 'number' ? [`--ranks=${ranks}`] : []),
    ...(launcher === undefined ? [] : [`--launcher=${launcher}`]),
    ...request.runOptions,
  ];
  const family = launcher === undefined ? 'none' : (mpi ?? 'any');
  const values = {
    ...{ made: request.made, program: words(site.program ?? request.program) },
    ...{ study: shellWord(request.studyPath), runDir: shellWord(request.runDir) },
    output: shellWord(request.output),
    ...softwareValues(modules, site.setup),
    environment: exports(environment).join('\n'),
    // A process of its own has no number of a job.
    scratch: scratch === undefined ? '' : expanding(scratch.replaceAll(jobNumber, () => 'shoal-$$')),
    check: preflight === false ? '' : `--mpi ${family} --study "$study"`,
    runOptions: runOptions.map((word) => ` ${shellWord(word)}`).join(''),
  };
  return fillTemplate(ownTemplate('detached.sh'), values, 'detached.sh');
}

const jobNumber = /\$(?:SLURM_JOB_?ID\b|\{SLURM_JOB_?ID\})/g;

/** Settings of the study's section `slurm` that mean nothing without Slurm, by their names in TypeScript. */
export function unusedSettings({ slurm }: Study): readonly string[] {
  return slurmsOwn(slurm?.job ?? {});
}

function refuseSlurms({ job, script }: Omit<SlurmSettings, 'site'>): void {
  const { shards, stagger, chain, arrayLimit } = script;
  const given = Object.entries({ shards, stagger, chain, arrayLimit }).filter(
    ([, value]) => value !== undefined,
  );
  const [name] = [...slurmsOwn(job), ...given.map(([key]) => key)];
  if (name === undefined) return;
  throw new InputError(`--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} is of Slurm`, {
    expected: 'options of run, --ranks, --launcher, --modules or --environment, on a host without Slurm',
    ...(name === 'time' && { hint: '--time-limit ends a session of a run, and keeps what is done' }),
  });
}

function slurmsOwn({ ntasks: _ranks, jobName: _name, ...job }: JobSettings): readonly string[] {
  return Object.entries(job).flatMap(([key, value]) => (value === undefined ? [] : [key]));
}
