import { join, resolve } from 'node:path';
import { bundleModule } from '../kernels/bundle.js';
import { loadKernel, prepareKernel } from '../kernels/load.js';
import { formatPlan, planOf } from '../observe/plan.js';
import { availableCores } from '../process/cores.js';
import { indexJournal } from '../store/journal/journal-index.js';
import { readManifest } from '../store/manifest.js';
import { runPaths } from '../store/run-directory.js';
import { loadStudy } from '../study/load.js';
import type { Study } from '../study/study.js';
import { summarizeStudy } from '../study/summary.js';
import { type Command, countOption, hasFlag, positional, textOption } from './command.js';
import { outputStyle } from './reporting.js';

export const planCommand: Command = {
  name: 'plan',
  describe:
    'Says what a run of a study would compute, store and take; runs nothing. Times come from what the run ' +
    'directory holds already.',
  positionals: { STUDY: 'File of the study: YAML, JSON, or a TypeScript or JavaScript module.' },
  options: {
    ranks: { describe: 'Processes that take part; by default one for each core.', value: 'N' },
    'run-dir': { describe: 'Folder of the run; runs/NAME by default.', value: 'DIR' },
    json: { describe: 'As one JSON document.', isFlag: true },
  },
  handle: async (args, context) => {
    const ranks = countOption(args, 'ranks', 1) ?? availableCores();
    const study = await loadStudy(resolve(context.cwd, positional(args, 'STUDY')), {
      solvers: context.solvers,
      bundle: bundleModule,
    });
    const runDir = resolve(context.cwd, textOption(args, 'run-dir') ?? join('runs', study.name));
    const { shared, form } = prepareKernel(study, context.solvers, runDir);
    const kernel = await loadKernel(study, context.solvers, shared, form);
    const plan = planOf({
      name: study.name,
      cases: study.cases.count,
      ...earlier(runDir, study),
      ranks,
      strategy: study.schedule.strategy,
      chunk: study.schedule.chunk,
      inputs: study.cases.columns,
      outputs: kernel.outputs,
      kernelForm: form,
    });
    kernel.close?.();
    const text = hasFlag(args, 'json')
      ? JSON.stringify(plan, null, 2)
      : formatPlan(plan, summarizeStudy(study), outputStyle(context));
    context.stdout.write(`${text}\n`);
    return 0;
  },
};

/** What this study's run directory holds, where there is one. */
function earlier(runDir: string, study: Study): { done: number; caseMs: number | undefined } {
  if (readManifest(runDir)?.fingerprint !== study.fingerprint) return { done: 0, caseMs: undefined };
  const { blocks, done } = indexJournal(runPaths(runDir).journal, study.fingerprint);
  let cases = 0;
  let ms = 0;
  for (let b = 0; b < blocks.length; b++) {
    cases += blocks.count[b]!;
    ms += blocks.elapsedMs[b]!;
  }
  return { done: done.total, caseMs: cases > 0 ? ms / cases : undefined };
}
