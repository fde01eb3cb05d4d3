/** Commands of cases that run on another host, over the connection to it that the workers of this node share. */
import { writeSync } from 'node:fs';
import { HostError } from '../../errors/host-error.js';
import type { CommandEnd } from '../../process/spawn/command.js';
import type { CommandOutcome } from '../../process/spawn/run-command.js';
import { type RemoteOutcome, runRemote } from '../../ssh/remote-command.js';
import { HeldTransport } from '../../ssh/shared/held-transport.js';
import type { CommandFolder } from '../../study/command/source.js';
import type { Capture } from './capture.js';
import type { Invocation } from './invocation.js';

/** A case whose connection was lost has not failed: it is tried again, this often. */
const mostLosses = 4;

export class RemoteCommands {
  readonly #host: string;
  readonly #folder: CommandFolder;
  readonly #capture: Capture;
  readonly #transport: HeldTransport;

  /** What commands print goes to `capture`. */
  constructor(host: string, folder: CommandFolder, capture: Capture, runDir: string) {
    this.#host = host;
    this.#folder = folder;
    this.#capture = capture;
    // Ranks have nobody to ask: keys come from the agent or lie there without a passphrase.
    this.#transport = new HeldTransport(host, runDir, process.env);
  }

  async run(
    { argv, variables, stdin }: Invocation,
    limits: { readonly timeoutMs: number; readonly graceMs: number },
  ): Promise<CommandOutcome> {
    const cwd = cwdOf(this.#folder);
    for (let loss = 1; ; loss++) {
      try {
        const outcome = await runRemote(this.#host, this.#transport, argv, {
          ...limits,
          environment: variables,
          ...(cwd === undefined ? {} : { cwd }),
          ...(stdin === undefined ? {} : { input: stdin }),
        });
        writeAll(this.#capture.stdout.descriptor, outcome.stdout);
        writeAll(this.#capture.stderr.descriptor, outcome.stderr);
        return { end: endOf(outcome), isTimeout: outcome.isTimeout };
      } catch (error) {
        if (!(error instanceof HostError) || error.fault !== 'lost' || loss === mostLosses) throw error;
      }
    }
  }

  close(): void {
    // The process may end before the other side has heard of it, which then ends by itself.
    void this.#transport.close();
  }
}

function cwdOf(folder: CommandFolder): string | { readonly kind: 'scratch' } | undefined {
  switch (folder.kind) {
    case 'home':
      return undefined;
    case 'scratch':
      return folder;
    case 'folder':
      return folder.folder;
    default:
      return folder satisfies never;
  }
}

function endOf({ code, signal, stderr, cpuSeconds }: RemoteOutcome): CommandEnd {
  if (signal !== undefined) return { kind: 'signalled', signal, cpuSeconds };
  if (code !== undefined) return { kind: 'exited', code, cpuSeconds };
  const why = stderr.toString().trim();
  return { kind: 'unstartable', error: why.startsWith('there is no program') ? 'ENOENT' : why };
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
}
