/** Commands through Node's own child processes, for where posix_spawn cannot be called: slower, else the same. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Command, CommandEnd, CommandStarter, StartedCommand, StarterOptions } from './command.js';
import { ProgramFinder } from './find-program.js';

export function nodeStarter({ stdout, stderr, environment }: StarterOptions): CommandStarter {
  const programs = new ProgramFinder(environment.PATH);
  return {
    canRunLists: false,
    environment,
    start: ({ argv, variables, cwd, stdin }: Command) => {
      const [program = '', ...args] = argv;
      const path = programs.find(program, cwd, variables.PATH);
      if (path === undefined) return new NodeCommand(undefined);
      const input = openSync(stdin, 'r');
      try {
        const child = spawn(path, args, {
          argv0: program,
          cwd,
          env: { ...environment, ...variables },
          stdio: [input, stdout, stderr],
          detached: true,
        });
        return new NodeCommand(child);
      } finally {
        closeSync(input);
      }
    },
    close: () => {},
  };
}

class NodeCommand implements StartedCommand {
  readonly group: number;
  readonly #ended: Promise<CommandEnd>;

  constructor(child: ChildProcess | undefined) {
    this.group = child?.pid ?? 0;
    this.#ended = child ? endOf(child) : Promise.resolve({ kind: 'unstartable', error: 'ENOENT' });
  }

  tryWait(): undefined {
    return undefined;
  }

  ended(): Promise<CommandEnd> {
    return this.#ended;
  }

  signal(signal: 'SIGTERM' | 'SIGKILL' | 0): boolean {
    if (this.group === 0) return false;
    try {
      return process.kill(-this.group, signal);
    } catch {
      return false;
    }
  }
}

function endOf(child: ChildProcess): Promise<CommandEnd> {
  return new Promise((resolve) => {
    child.on('error', (error: NodeJS.ErrnoException) => {
      resolve({ kind: 'unstartable', error: error.code ?? error.message });
    });
    child.on('exit', (code, signal) => {
      const cpuSeconds = Number.NaN;
      if (signal !== null) resolve({ kind: 'signalled', signal, cpuSeconds });
      else resolve({ kind: 'exited', code: code ?? 0, cpuSeconds });
    });
  });
}
