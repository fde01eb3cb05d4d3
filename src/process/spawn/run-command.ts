/** A command from its start to the end of its last process: time limit, TERM and KILL, and what it left running. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Command, CommandEnd, CommandStarter, StartedCommand, StarterOptions } from './command.js';
import { nodeStarter } from './node-spawn.js';
import { posixStarter } from './posix-spawn.js';

export interface CommandLimits {
  /** Infinity for none. */
  readonly timeoutMs: number;
  /** From TERM to KILL. */
  readonly graceMs: number;
  /**
   * Told the process group of a command that still runs after a few milliseconds, or leaves somebody running there; for
   * those who watch its memory.
   */
  onRunning?(group: number): void;
}

/** What became of a command. */
export interface CommandOutcome {
  readonly end: CommandEnd;
  /** It was ended because its time was over. */
  readonly isTimeout: boolean;
}

export function commandStarter(options: StarterOptions): CommandStarter {
  return posixStarter(options) ?? nodeStarter(options);
}

/**
 * Commands that end within this time are waited for on this thread, which saves the way through the event loop; so
 * long nothing else happens in this process.
 */
const directMs = 10;

/** What a command leaves running in its process group may end by itself within this time, as `>(tee FILE)` does. */
const leftoverMs = 1_000;

/** A command whose first process has ended. */
export interface EndedCommand extends CommandOutcome {
  readonly started: StartedCommand;
}

/**
 * Runs a command. When it has ended nobody is left in its process group: whoever is there after its first process gets
 * a second to end, then TERM, then KILL.
 */
export function startCommand(
  starter: CommandStarter,
  command: Command,
  limits: CommandLimits,
): CommandOutcome | Promise<CommandOutcome> {
  const ended = startFirst(starter, command, limits);
  return ended instanceof Promise ? ended.then((one) => clearGroup(one, limits)) : clearGroup(ended, limits);
}

/** Runs the first process of a command, and leaves others of its group alone. */
export function startFirst(
  starter: CommandStarter,
  command: Command,
  limits: CommandLimits,
): EndedCommand | Promise<EndedCommand> {
  const started = starter.start(command);
  const end = started.tryWait(Math.min(directMs, limits.timeoutMs));
  return end ? { end, isTimeout: false, started } : finish(started, limits);
}

/** What a command has left running in its group, ended. */
export function clearGroup(
  { end, isTimeout, started }: EndedCommand,
  limits: CommandLimits,
): CommandOutcome | Promise<CommandOutcome> {
  if (!started.signal(0)) return { end, isTimeout };
  limits.onRunning?.(started.group);
  return endGroup(started, isTimeout ? 0 : leftoverMs, limits.graceMs).then(() => ({ end, isTimeout }));
}

async function finish(started: StartedCommand, limits: CommandLimits): Promise<EndedCommand> {
  limits.onRunning?.(started.group);
  let isTimeout = false;
  const timers = new Set<NodeJS.Timeout>();
  after(timers, limits.timeoutMs, () => {
    isTimeout = true;
    started.signal('SIGTERM');
    after(timers, limits.graceMs, () => started.signal('SIGKILL'));
  });
  const end = await started.ended();
  for (const timer of timers) clearTimeout(timer);
  return { end, isTimeout, started };
}

/** Longest time that a timer of Node's can be set to, and more than three weeks. */
const longestTimerMs = 2 ** 31 - 1;

function after(timers: Set<NodeJS.Timeout>, ms: number, action: () => void): void {
  if (ms <= longestTimerMs) timers.add(setTimeout(action, ms));
}

async function endGroup(started: StartedCommand, patienceMs: number, graceMs: number): Promise<void> {
  if (await isGone(started, patienceMs)) return;
  started.signal('SIGTERM');
  if (await isGone(started, graceMs)) return;
  started.signal('SIGKILL');
  // What even this does not end sits in the kernel, waiting for a file system, and goes when that answers.
  await isGone(started, graceMs);
}

async function isGone(started: StartedCommand, limitMs: number): Promise<boolean> {
  const endMs = performance.now() + limitMs;
  for (let pauseMs = 1; started.signal(0) && hasLiving(started.group); pauseMs = Math.min(2 * pauseMs, 50)) {
    if (performance.now() >= endMs) return false;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  return true;
}

/** A group whose members are all dead still takes signals where nobody waits for orphans, as in many containers. */
function hasLiving(group: number): boolean {
  let names: string[];
  try {
    names = readdirSync('/proc');
  } catch {
    return true;
  }
  return names.some((name) => /^\d/.test(name) && isLivingMember(name, group));
}

function isLivingMember(pid: string, group: number): boolean {
  try {
    // Behind the name in parentheses: state, parent, process group.
    const [state, , processGroup] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return state !== 'Z' && Number(processGroup) === group;
  } catch {
    return false;
  }
}
