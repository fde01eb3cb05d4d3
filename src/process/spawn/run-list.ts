/**
 * The commands of a list one after the other, or a single one, without the shell that would start them: its own start
 * takes longer than many programs. What they leave running is left alone until the list is over, as a shell leaves it.
 */
import { accessSync, constants, statSync } from 'node:fs';
import { constants as os } from 'node:os';
import { resolve } from 'node:path';
import type { Command, CommandEnd, CommandStarter, FileRedirection, StreamCopy } from './command.js';
import type { Step } from './command-list.js';
import { expandCommand } from './expand-command.js';
import {
  type CommandLimits,
  type CommandOutcome,
  clearGroup,
  type EndedCommand,
  startCommand,
  startFirst,
} from './run-command.js';
import { shellText } from './shell-line.js';
import type { SimpleCommand } from './simple-command.js';

/** The time limit is the list's. `common` is what all its commands have. */
export function startList(
  starter: CommandStarter,
  steps: readonly Step[],
  common: Omit<Command, 'argv'>,
  limits: CommandLimits,
): CommandOutcome | Promise<CommandOutcome> {
  return new ListRun(starter, steps, common, limits).from(0);
}

const shell = '/bin/sh';

class ListRun {
  readonly #starter: CommandStarter;
  readonly #steps: readonly Step[];
  readonly #limits: CommandLimits;
  readonly #endMs: number;
  #common: Omit<Command, 'argv'>;
  /** As a shell counts: 128 and the number of the signal that ended a program. */
  #code = 0;
  #end: CommandEnd = { kind: 'exited', code: 0, cpuSeconds: 0 };
  #cpuSeconds = 0;
  /** The last program. */
  #last: EndedCommand | undefined;

  constructor(
    starter: CommandStarter,
    steps: readonly Step[],
    common: Omit<Command, 'argv'>,
    limits: CommandLimits,
  ) {
    this.#starter = starter;
    this.#steps = steps;
    this.#common = common;
    this.#limits = limits;
    this.#endMs = performance.now() + limits.timeoutMs;
  }

  from(start: number): CommandOutcome | Promise<CommandOutcome> {
    for (let at = start; at < this.#steps.length; at++) {
      const { when, action, rest } = this.#steps[at] as Step;
      if (when === 'success' ? this.#code !== 0 : when === 'failure' && this.#code === 0) continue;
      switch (action.kind) {
        case 'status':
          this.#settle({ kind: 'exited', code: action.code, cpuSeconds: 0 });
          break;
        case 'folder':
          if (!this.#enter(action.folder)) return this.#byShell(rest);
          break;
        case 'program': {
          const command = this.#expand(action.command);
          if (!command) return this.#byShell(shellText(rest));
          const ended = startFirst(this.#starter, this.#inGroup(command), this.#limitsNow());
          if (ended instanceof Promise) {
            return ended.then((one) => this.#endedBy(one, rest) ?? this.from(at + 1));
          }
          const outcome = this.#endedBy(ended, rest);
          if (outcome) return outcome;
          break;
        }
        default:
          action satisfies never;
      }
    }
    return this.#finish(false);
  }

  /** What ends the list; undefined where it goes on. */
  #endedBy(ended: EndedCommand, rest: string): CommandOutcome | Promise<CommandOutcome> | undefined {
    // A shell says what is wrong with it.
    if (ended.end.kind === 'unstartable') return this.#byShell(rest);
    this.#last = ended;
    this.#settle(ended.end);
    return ended.isTimeout ? this.#finish(true) : undefined;
  }

  #settle(end: CommandEnd): void {
    this.#end = end;
    if (end.kind === 'unstartable') return;
    this.#cpuSeconds += end.cpuSeconds;
    this.#code = end.kind === 'exited' ? end.code : 128 + numberOf(end.signal);
  }

  #finish(isTimeout: boolean): CommandOutcome | Promise<CommandOutcome> {
    const end = { ...this.#end, cpuSeconds: this.#cpuSeconds };
    if (!this.#last) return { end, isTimeout };
    return clearGroup({ ...this.#last, end, isTimeout }, this.#limits);
  }

  #byShell(rest: string): CommandOutcome | Promise<CommandOutcome> {
    const withOthers = ({ end, isTimeout }: CommandOutcome): CommandOutcome => ({
      end: end.kind === 'unstartable' ? end : { ...end, cpuSeconds: end.cpuSeconds + this.#cpuSeconds },
      isTimeout,
    });
    const outcome = startCommand(
      this.#starter,
      this.#inGroup({ argv: [shell, '-c', rest] }),
      this.#limitsNow(),
    );
    return outcome instanceof Promise ? outcome.then(withOthers) : withOthers(outcome);
  }

  /** Undefined where only a shell can say what it comes to. */
  #expand(command: SimpleCommand): Pick<Command, 'argv' | 'redirections' | 'variables'> | undefined {
    const { cwd, variables } = this.#common;
    const all = { ...this.#starter.environment, ...variables };
    const expanded = expandCommand(command, cwd, (name) =>
      Object.hasOwn(all, name) ? all[name] : undefined,
    );
    if (!expanded?.redirections.every(isSoonOpen)) return undefined;
    const { argv, redirections } = expanded;
    return {
      argv,
      variables: { ...variables, ...expanded.variables },
      ...(redirections.length > 0 && { redirections }),
    };
  }

  /** In the group of the programs before it, where any of them has left somebody there. */
  #inGroup(command: Pick<Command, 'argv'> & Partial<Command>): Command {
    const { started } = this.#last ?? {};
    return { ...this.#common, ...command, ...(started?.signal(0) && { group: started.group }) };
  }

  #limitsNow(): CommandLimits {
    return { ...this.#limits, timeoutMs: Math.max(1, this.#endMs - performance.now()) };
  }

  /** False where it cannot be entered, or where a shell would look for it elsewhere. */
  #enter(folder: string): boolean {
    const { cwd, variables } = this.#common;
    if (process.env.CDPATH) return false;
    const path = resolve(cwd, folder);
    try {
      if (!statSync(path).isDirectory()) return false;
      accessSync(path, constants.X_OK);
    } catch {
      return false;
    }
    this.#common = { ...this.#common, cwd: path, variables: { ...variables, PWD: path, OLDPWD: cwd } };
    this.#settle({ kind: 'exited', code: 0, cpuSeconds: 0 });
    return true;
  }
}

/**
 * Opening a file happens on this thread, which waits for it: a pipe with a name would stop it until somebody comes to the
 * other end.
 */
function isSoonOpen(redirection: FileRedirection | StreamCopy): boolean {
  if (redirection.kind === 'copy' || redirection.path === '/dev/null') return true;
  try {
    return statSync(redirection.path, { throwIfNoEntry: false })?.isFile() ?? true;
  } catch {
    return false;
  }
}

function numberOf(signal: string): number {
  return os.signals[signal as NodeJS.Signals] ?? (Number(signal.replace('signal ', '')) || 0);
}
