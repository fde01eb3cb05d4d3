/** A command on a host from its start to its end, over any transport. */
import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { HostError } from '../errors/host-error.js';
import {
  aliveMs,
  guardScript,
  loaderLine,
  type RemoteFolder,
  streamScript,
  unstartableCode,
} from './guard-script.js';
import type { RemoteStreams, Transport } from './transport.js';

export interface RemoteCommandOptions {
  readonly input?: string | Uint8Array;
  /** The user's home unless given. */
  readonly cwd?: RemoteFolder;
  readonly environment?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  /** From TERM to KILL, when the time is over or the connection is lost. */
  readonly graceMs?: number;
  readonly signal?: AbortSignal;
}

export interface RemoteOutcome {
  /** Undefined for a command that a signal ended or that could not be started. */
  readonly code: number | undefined;
  /** `SIGKILL`. */
  readonly signal: string | undefined;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly isTimeout: boolean;
  /** Processor time of the command and its children, where it was started. */
  readonly cpuSeconds: number;
}

const defaultGraceMs = 2_000;

/** After KILL, a command that still does not end sits in the host's kernel. */
const patienceMs = 15_000;

/** Runs a command. Whatever happens to us or to the connection, it does not outlive them by more than a minute. */
export async function runRemote(
  hostName: string,
  transport: Transport,
  argv: readonly string[],
  options: RemoteCommandOptions,
): Promise<RemoteOutcome> {
  const { environment = {}, timeoutMs, graceMs = defaultGraceMs, signal } = options;
  const input = Buffer.from(options.input ?? '');
  const mark = newMark();
  const script = guardScript({
    ...{ argv, cwd: options.cwd, environment, mark },
    inputBytes: input.length,
    graceSeconds: Math.ceil(graceMs / 1000),
  });
  signal?.throwIfAborted();
  const streams = await transport.start(loaderLine(script));
  const timers = new Set<NodeJS.Timeout>();
  const after = (ms: number, act: () => void) => timers.add(setTimeout(act, Math.min(ms, longestTimerMs)));
  let isTimeout = false;
  const say = (line: string) => {
    if (streams.stdin.writable) streams.stdin.write(`${line}\n`);
  };
  const endIt = () => {
    say('TERM');
    after(graceMs, () => say('KILL'));
    after(graceMs + patienceMs, streams.abandon);
  };
  const onAbort = () => endIt();
  const alive = setInterval(() => say('alive'), aliveMs);
  signal?.addEventListener('abort', onAbort, { once: true });
  if (timeoutMs !== undefined && timeoutMs < longestTimerMs) {
    after(timeoutMs, () => {
      isTimeout = true;
      endIt();
    });
  }
  streams.stdin.on('error', () => {});
  streams.stdin.write(script);
  if (input.length > 0) streams.stdin.write(input);
  say('alive');
  try {
    const stdout = collect(streams.stdout);
    const stderr = collect(streams.stderr);
    const { problem } = await streams.closed;
    return { ...outcomeOf(hostName, mark, await stdout, await stderr, problem), isTimeout };
  } finally {
    clearInterval(alive);
    for (const timer of timers) clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
    if (streams.stdin.writable) streams.stdin.end();
  }
}

/** Text for the host's shell whose standard input is a stream; what it prints goes to `onOutput` as it comes. */
export async function streamRemote(
  hostName: string,
  transport: Transport,
  text: string,
  options: {
    readonly input?: AsyncIterable<Uint8Array>;
    readonly environment?: Readonly<Record<string, string>>;
    readonly onOutput?: (bytes: Uint8Array) => void;
  },
): Promise<RemoteOutcome> {
  const mark = newMark();
  const script = streamScript(text, options.environment ?? {}, mark);
  const streams = await transport.start(loaderLine(script));
  streams.stdin.on('error', () => {});
  streams.stdin.write(script);
  const stdout = options.onOutput ? pass(streams.stdout, mark, options.onOutput) : collect(streams.stdout);
  const stderr = collect(streams.stderr);
  const fed = feed(streams, options.input);
  const { problem } = await streams.closed;
  const outcome = outcomeOf(hostName, mark, await stdout, await stderr, problem);
  await fed;
  return { ...outcome, isTimeout: false };
}

const longestTimerMs = 2 ** 31 - 1;

function newMark(): string {
  return `shoal-${randomBytes(9).toString('hex')}`;
}

async function feed({ stdin, closed }: RemoteStreams, input?: AsyncIterable<Uint8Array>): Promise<void> {
  let isClosed = false;
  const ended = closed.then(() => {
    isClosed = true;
  });
  for await (const part of input ?? []) {
    if (isClosed || !stdin.writable) break;
    if (!stdin.write(part))
      await Promise.race([ended, new Promise((resolve) => stdin.once('drain', resolve))]);
  }
  stdin.end();
}

async function collect(stream: Readable): Promise<Buffer> {
  const parts: Buffer[] = [];
  stream.on('data', (part: Buffer) => parts.push(part));
  await ended(stream);
  return Buffer.concat(parts);
}

/** Passes on what comes after the mark; returns the mark alone, for `outcomeOf`. */
async function pass(stream: Readable, mark: string, onOutput: (bytes: Uint8Array) => void): Promise<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  stream.on('data', (part: Buffer) => {
    if (head === undefined) return onOutput(part);
    head = Buffer.concat([head, part]);
    const at = head.indexOf(`${mark}\n`);
    if (at === -1) return;
    const rest = head.subarray(at + mark.length + 1);
    head = undefined;
    if (rest.length > 0) onOutput(rest);
  });
  await ended(stream);
  return Buffer.from(`${mark}\n`);
}

function ended(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    for (const event of ['end', 'close', 'error']) stream.once(event, () => resolve());
  });
}

function outcomeOf(
  host: string,
  mark: string,
  stdout: Buffer,
  stderr: Buffer,
  problem: Error | undefined,
): Omit<RemoteOutcome, 'isTimeout'> {
  const tail = stderr.lastIndexOf(`\n${mark} `);
  const start = stdout.indexOf(`${mark}\n`);
  if (tail === -1) {
    if (problem || start !== -1) {
      throw new HostError(host, 'lost', `the connection to ${host} was lost while a command ran there`, {
        cause: problem,
      });
    }
    throw new HostError(
      host,
      'unusable',
      `${host} lets us in, but starts no command for us: ${lastWords(stdout, stderr)}`,
      { hint: `Check that \`ssh ${host} /bin/sh -c true\` works.` },
    );
  }
  const [answer = '', , childTimes = ''] = stderr
    .subarray(tail + mark.length + 2)
    .toString()
    .split('\n');
  const output = {
    stdout: start === -1 ? stdout : stdout.subarray(start + mark.length + 1),
    stderr: stderr.subarray(0, tail),
    cpuSeconds: secondsOf(childTimes),
  };
  if (answer === unstartableCode) return { code: undefined, signal: undefined, ...output };
  const code = Number(answer);
  const signal = signalNames[code - 128];
  return signal === undefined ? { code, signal, ...output } : { code: undefined, signal, ...output };
}

/** As `times` prints those of children, in minutes and seconds: `0m1.25s 0m0.31s`. */
function secondsOf(line: string): number {
  let seconds = 0;
  for (const [, minutes, rest] of line.matchAll(/(\d+)m([\d.]+)s/g))
    seconds += 60 * Number(minutes) + Number(rest);
  return seconds;
}

function lastWords(stdout: Buffer, stderr: Buffer): string {
  const text = `${stdout}${stderr}`.trim().split('\n').at(-1) ?? '';
  return text === '' ? 'it says nothing' : text.slice(0, 200);
}

/**
 * A shell tells a signal by an exit code of 128 and its number. Numbers of signals that end programs by themselves are
 * taken for that.
 */
const signalNames: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  14: 'SIGALRM',
  15: 'SIGTERM',
  24: 'SIGXCPU',
};
