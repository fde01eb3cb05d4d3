/** The other side of the door: knocks at a running coordinator, and lets a worker speak to it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { EnvironmentError } from '../../errors/environment-error.js';
import type { Guardian } from '../../process/guardian/guardian.js';
import { removeFolder } from '../../process/guardian/household.js';
import { mainScript } from '../../process/install.js';
import { availableCores } from '../../process/node/cores.js';
import { scratchBase } from '../../process/scratch.js';
import { withoutLauncher } from '../../process/spawn/launcher-environment.js';
import { temporaryName } from '../../process/temporary.js';
import { encodeSettings } from '../../process/worker-settings.js';
import { FrameReader, framed } from '../local/frames.js';
import type { Invitation } from './invitation.js';

export interface Visit {
  readonly worker: number;
  /** How the worker ended; never rejects. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** The worker ends the case that it computes, gives back the rest and says goodbye. */
  leave(): void;
  /** The worker ends at once; its cases go to others. */
  kill(): void;
}

/** Starts a worker of a running coordinator. Throws EnvironmentError where nobody opens. */
export async function visit(invitation: Invitation, guardian: Guardian): Promise<Visit> {
  const socket = connect(invitation.socket);
  const worker = await admission(socket, invitation.token);
  // The worker has the socket as its standard input and output, as if the coordinator had started it.
  const scratch = join(scratchBase(), temporaryName('scratch'));
  const settings = { worker, threads: availableCores(), scratch, beaconSlots: 0, isGuest: true };
  const child = spawn(process.execPath, [mainScript(), 'worker-stdio', encodeSettings(settings)], {
    stdio: [socket, socket, 'inherit'],
    detached: true,
    env: withoutLauncher(process.env),
  });
  socket.destroy();
  if (child.pid === undefined) throw new EnvironmentError('cannot start a worker process');
  guardian.watch(child.pid);
  return {
    worker,
    ended: ending(child).finally(() => removeFolder(scratch)),
    leave: () => child.kill('SIGTERM'),
    kill: () => child.kill('SIGKILL'),
  };
}

async function ending(child: ChildProcess): Promise<Awaited<Visit['ended']>> {
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return { code, signal };
}

/** The number that the coordinator gives to this worker. */
function admission(socket: Socket, token: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const refuse = (cause?: Error): void =>
      reject(
        new EnvironmentError('the run takes no worker now: its coordinator does not answer', {
          cause,
          hint: 'It may just have ended',
        }),
      );
    const reader = new FrameReader((bytes) => {
      // What comes next is for the worker.
      socket.pause();
      socket.removeAllListeners();
      socket.on('error', () => {});
      resolve(Number(new TextDecoder().decode(bytes)));
    });
    socket.on('error', refuse);
    socket.on('close', () => refuse());
    socket.on('data', (piece: Uint8Array) => reader.push(piece));
    socket.on('connect', () => socket.write(framed(new TextEncoder().encode(token))));
  });
}
