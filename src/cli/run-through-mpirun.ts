/** A study whose ranks this command starts through mpirun, and starts again when MPI has ended them. */
import { chooseLauncher } from '../launch/mpirun/launcher.js';
import { type RestartingEnd, runWithRestarts } from '../launch/mpirun/run-with-restarts.js';
import { formatCount, plural } from '../observe/figures.js';
import { shellWord } from '../process/shell-word.js';
import type { StopSignals } from '../process/signals.js';
import { casesAsked } from '../runtime/cases-asked.js';
import { checkRunDirectory } from '../store/run-directory.js';
import type { CommandContext } from './context.js';
import { shownPath } from './paths.js';
import { terminalOf } from './reporting.js';
import { ranksFor } from './run-options.js';
import type { StudyRun } from './run-study.js';

export async function runThroughMpirun(
  run: StudyRun,
  context: CommandContext,
  signals: StopSignals,
): Promise<RestartingEnd> {
  // A folder that cannot be used is refused here, before ranks start and mpirun adds a page of its own.
  checkRunDirectory(run.runDir, run.study, run.shard);
  const { stderr } = context;
  const total = plural(casesAsked(run.study, undefined, run.shard).count, 'case');
  return runWithRestarts({
    launcher: chooseLauncher(context.environment),
    ranks: ranksFor(run.options, run.study),
    runDir: run.runDir,
    program: context.self,
    first: context.argv,
    continuation: run.continuation,
    restartLimit: run.options.restarts,
    environment: context.environment,
    terminal: terminalOf(context),
    stop: signals.stop,
    abort: signals.abort,
    hint: `Everything done is kept: ${context.program} resume ${shellWord(shownPath(run.runDir, context.cwd))} goes on`,
    onRestart: ({ how, done, restart }) => {
      // In the place of the progress line that the dead rank 0 left unfinished.
      const start = stderr.isTTY ? '\r\u001b[K' : '';
      const text = `note: MPI ended the job: ${how}; ${formatCount(done)} of ${total} done. Restart ${restart} goes on`;
      stderr.write(`${start}${text}\n`);
    },
  });
}
