/** Commands that solvers bring, `manybody plan INPUT`: how their answers are written. */
import { version } from '../../process/install.js';
import type { SolverTool } from '../../study/solver.js';
import { type Command, hasFlag } from '../command.js';

export function toolCommand({ name, describe, positionals, options, run }: SolverTool): Command {
  return {
    ...{ name, describe, positionals },
    options: { ...options, json: { describe: 'As one JSON document.', isFlag: true } },
    handle: async (args, { cwd, stdout, stderr }) => {
      const given = Object.fromEntries(
        Object.entries(args).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
      );
      const answer = await run(given, { folder: cwd, version: version() });
      for (const note of answer.notes) stderr.write(`note: ${note}\n`);
      const text = hasFlag(args, 'json') ? JSON.stringify(answer.json(), null, 1) : answer.text();
      // An answer may be larger than a pipe, and the process ends when the exit code is known.
      await new Promise<void>((resolve) => stdout.write(`${text}\n`, resolve));
      return answer.isComplete ? 0 : 1;
    },
  };
}
