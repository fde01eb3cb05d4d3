/** The command line: from arguments to an exit code. main.ts alone ends the process. */
import { version } from '../process/install.js';
import { cancelCommand } from './cancel.js';
import type { Command } from './command.js';
import type { CommandContext, TextOutput } from './context.js';
import { evalCommand } from './eval.js';
import { explainCommand } from './explain.js';
import { exportCommand } from './export.js';
import { describeFailure, failureCode } from './failure.js';
import { fetchCommand } from './fetch.js';
import { infoCommand } from './info.js';
import { jobsCommand } from './jobs.js';
import { joinCommand } from './join.js';
import { logsCommand } from './logs.js';
import { mergeCommand } from './merge.js';
import { outputCommand } from './output.js';
import { parseCommandLine } from './parse.js';
import { planCommand } from './plan.js';
import { remoteCommand } from './remote.js';
import { reportCommand } from './report.js';
import { resumeCommand } from './resume.js';
import { runCommand } from './run.js';
import { schemaCommand } from './schema.js';
import { slurmCommand } from './slurm.js';
import { solverRunCommand } from './solver-run.js';
import { statusCommand } from './status.js';
import { submitCommand } from './submit.js';
import { toolCommand } from './tool-command.js';
import { benchmarkCommand } from './trials/benchmark.js';
import { validateCommand } from './trials/validate.js';
import { watchCommand } from './watch.js';

export type { CommandContext, TextOutput } from './context.js';

const commands: readonly Command[] = [
  runCommand,
  resumeCommand,
  mergeCommand,
  joinCommand,
  statusCommand,
  watchCommand,
  reportCommand,
  exportCommand,
  explainCommand,
  outputCommand,
  planCommand,
  slurmCommand,
  submitCommand,
  jobsCommand,
  logsCommand,
  cancelCommand,
  fetchCommand,
  evalCommand,
  remoteCommand,
  infoCommand,
  schemaCommand,
];

/** Runs one command. Never throws: an error becomes one message on standard error and exit code 2. */
export async function runCommandLine(
  argv: readonly string[],
  surroundings: Omit<CommandContext, 'argv'>,
): Promise<number> {
  const context: CommandContext = { ...surroundings, argv };
  const { program, stdout, stderr, environment } = context;
  tolerateClosedPipe(stdout);
  tolerateClosedPipe(stderr);
  try {
    const columns = Math.min(100, stdout.columns || 100);
    const ofSolvers = [solverRunCommand, validateCommand, benchmarkCommand];
    const all = [
      ...commands,
      ...context.tools.map(toolCommand),
      ...context.solverRuns.flatMap((solverRun) => ofSolvers.map((command) => command(solverRun))),
    ];
    const parsed = parseCommandLine(argv, all, {
      ...{ program, columns, environment },
      version: version(),
    });
    if (parsed.kind === 'command') return await parsed.command.handle(parsed.args, context);
    stdout.write(`${parsed.text}\n`);
    return 0;
  } catch (error) {
    stderr.write(`shoal: ${describeFailure(error, context.cwd)}\n`);
    if (argv.length === 0) stderr.write(`Try ${program} --help\n`);
    return failureCode;
  }
}

/** Whoever reads our output may have seen enough (`shoal schema | head`): the rest is dropped, without an error. */
function tolerateClosedPipe(output: TextOutput): void {
  output.on?.('error', (error) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
