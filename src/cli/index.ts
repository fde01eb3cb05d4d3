/** The command line: from arguments to an exit code. main.ts alone ends the process. */
import { version } from '../process/install.js';
import { commandsFor } from './catalogue.js';
import type { CommandContext, TextOutput } from './context.js';
import { describeFailure, failureCode } from './failure.js';
import { parseCommandLine } from './parse.js';

export type { CommandContext, TextOutput } from './context.js';

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
    const commands = await commandsFor(argv[0], context.domains);
    const parsed = parseCommandLine(argv, commands, {
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
