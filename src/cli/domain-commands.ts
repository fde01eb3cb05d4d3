/** The commands of a domain: its tools, and what can be done with a file that it runs. */
import type { DomainCommands } from '../study/solver.js';
import type { Command } from './command.js';
import { solverRunCommand } from './commands/solver-run.js';
import { toolCommand } from './commands/tool-command.js';
import { benchmarkCommand } from './trials/benchmark.js';
import { validateCommand } from './trials/validate.js';

const ofRuns = [solverRunCommand, validateCommand, benchmarkCommand];

export function domainCommands({ tools, runs }: DomainCommands): readonly Command[] {
  return [...tools.map(toolCommand), ...runs.flatMap((run) => ofRuns.map((command) => command(run)))];
}
