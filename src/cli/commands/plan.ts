import { join, resolve } from 'node:path';
import { bundleModule } from '../../kernels/bundle.js';
import { slotCount } from '../../launch/hosts/hosts.js';
import { formatPlan } from '../../observe/plan.js';
import { roomForWorkers } from '../../process/node/worker-count.js';
import { planStudy } from '../../runtime/plan-study.js';
import { loadStudy } from '../../study/load.js';
import { strategies } from '../../study/study.js';
import { summarizeStudy } from '../../study/summary.js';
import { type Command, choiceOption, countsOption, hasFlag, positional, textOption } from '../command.js';
import { chunkOption, runOptions } from '../options/run-options.js';
import { placeOf } from '../planned-place.js';
import { outputStyle } from '../reporting.js';

export const planCommand: Command = {
  name: 'plan',
  describe:
    'Says what a run of a study would compute, store and take, by each strategy; runs nothing. Times come from what ' +
    'the run directory holds already, or from other runs of the same kernel.',
  positionals: { STUDY: 'File of the study: YAML, JSON, or a TypeScript or JavaScript module.' },
  options: {
    ranks: {
      describe:
        'Processes that take part, or several numbers of them: 4,16,64. By default one for each core, fewer where memory does not suffice for them, or as many as --host or --site says.',
      value: 'N',
    },
    host: {
      describe:
        'Hosts of the run, each with its number of processes where that is not 1: node1:8,node2:16. They are not asked: each ' +
        'is taken to have a core for each process. Without it all hosts are taken to be like this one.',
      value: 'HOSTS',
    },
    site: {
      describe:
        "Slurm site of the run, a name or a file: its nodes, their cores, memory and GPUs are those that its settings and the study's " +
        'section slurm ask for.',
      value: 'NAME',
    },
    strategy: runOptions.strategy,
    chunk: runOptions.chunk,
    'run-dir': { describe: 'Folder of the run; runs/NAME by default.', value: 'DIR' },
    json: { describe: 'As one JSON document.', isFlag: true },
  },
  handle: async (args, context) => {
    const study = await loadStudy(resolve(context.cwd, positional(args, 'STUDY')), {
      solvers: context.solvers,
      bundle: bundleModule,
    });
    const { memoryLimitBytes } = study.execution;
    const { hosts, site, ranks: said } = placeOf(args, study, context);
    const found = hosts ? slotCount(hosts) : (said ?? roomForWorkers(memoryLimitBytes));
    const ranks = countsOption(args, 'ranks', 1) ?? [found];
    const runDir = resolve(context.cwd, textOption(args, 'run-dir') ?? join('runs', study.name));
    const plan = await planStudy({
      ...{ study, solvers: context.solvers, runDir, ranks, hosts, site },
      strategy: choiceOption(args, 'strategy', strategies),
      chunk: chunkOption(args),
      onNotice: (message) => context.stderr.write(`note: ${message}\n`),
    });
    const text = hasFlag(args, 'json')
      ? JSON.stringify(plan, null, 2)
      : formatPlan(plan, summarizeStudy(study), outputStyle(context));
    context.stdout.write(`${text}\n`);
    return 0;
  },
};
