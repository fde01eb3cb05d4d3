/**
 * The process that holds the connections of a node's workers to hosts: each worker keeps a socket to it open, and one
 * more for each command. It lives while somebody is there, so that nothing stays behind when they are killed.
 */
import { linkSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { newTransport, transportKind } from '../pool.js';
import type { RemoteStreams, Transport } from '../transport.js';
import { encodeFault } from './fault-text.js';
import { encodeFrame } from './frames.js';

/** What a worker asks for, as one line; what it writes behind it is the command's standard input. */
export interface CommandRequest {
  readonly host: string;
  readonly command: string;
}

/** An sshd lets ten sessions share a connection unless told otherwise; the system's ssh needs one of them itself. */
const mostCommands = 8;

/** Workers that start come one after the other, and those that were lost come again. */
const lingerMs = 1_000;
const firstWaitMs = 20_000;

interface Held {
  readonly host: string;
  readonly transport: Transport;
  commandCount: number;
}

/** Resolves with the exit code when nobody has been there for a moment. `place` is its number among those of `folder`. */
export async function holdConnections(folder: string, place: number): Promise<number> {
  // It ends when its callers have ended, whom a launcher gives time.
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGUSR2'] as const) process.on(signal, () => {});
  const held: Held[] = [];
  const callers = new Set<Socket>();
  let isOver = () => {};
  const over = new Promise<void>((resolve) => {
    isOver = resolve;
  });
  let timer = setTimeout(isOver, firstWaitMs);
  // A caller closes its side when the command's input has ended, and still wants what it prints.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    clearTimeout(timer);
    callers.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => {
      callers.delete(socket);
      if (callers.size > 0) return;
      clearTimeout(timer);
      timer = setTimeout(isOver, lingerMs);
    });
    serve(socket, (host) => roomOn(held, host));
  });
  const own = join(folder, `${place}.new`);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(own, resolve);
  });
  // Under its name only now: who finds it is answered.
  linkSync(own, join(folder, String(place)));
  await over;
  server.close();
  for (const socket of callers) socket.destroy();
  await Promise.all(held.map(({ transport }) => transport.close()));
  removeUpTo(folder, place);
  return 0;
}

function roomOn(held: Held[], host: string): Held {
  const open = held.find((each) => each.host === host && each.commandCount < mostCommands);
  if (open) return open;
  const environment = process.env;
  const transport = newTransport(host, transportKind(environment), { environment, asker: 'none' });
  const fresh: Held = { host, transport, commandCount: 0 };
  held.push(fresh);
  return fresh;
}

function serve(socket: Socket, room: (host: string) => Held): void {
  let head = Buffer.alloc(0);
  const onData = (bytes: Buffer): void => {
    head = Buffer.concat([head, bytes]);
    const at = head.indexOf('\n');
    if (at === -1) return;
    socket.off('data', onData);
    socket.pause();
    if (at + 1 < head.length) socket.unshift(head.subarray(at + 1));
    void run(socket, JSON.parse(head.toString('utf8', 0, at)) as CommandRequest, room);
  };
  socket.on('data', onData);
  // One who only keeps us here has nothing to say, and goes.
  socket.once('end', () => {
    if (head.length === 0) socket.destroy();
  });
}

async function run(socket: Socket, request: CommandRequest, room: (host: string) => Held): Promise<void> {
  let held: Held | undefined;
  try {
    held = room(request.host);
    held.commandCount++;
    const streams = await held.transport.start(request.command);
    if (socket.destroyed) streams.abandon();
    else await carry(socket, streams);
  } catch (error) {
    socket.end(encodeFrame('refused', encodeFault(error)));
  } finally {
    if (held) held.commandCount--;
  }
}

async function carry(socket: Socket, streams: RemoteStreams): Promise<void> {
  const { stdin, stdout, stderr } = streams;
  socket.write(encodeFrame('started'));
  stdin.on('error', () => {});
  socket.pipe(stdin);
  socket.once('close', () => streams.abandon());
  const ended = [['stdout', stdout] as const, ['stderr', stderr] as const].map(
    ([kind, stream]) =>
      new Promise<void>((resolve) => {
        stream.on('data', (bytes: Buffer) => {
          if (socket.write(encodeFrame(kind, bytes))) return;
          stream.pause();
          socket.once('drain', () => stream.resume());
        });
        for (const event of ['end', 'close', 'error']) stream.once(event, () => resolve());
      }),
  );
  const { problem } = await streams.closed;
  await Promise.all(ended);
  socket.end(encodeFrame('closed', Buffer.from(problem?.message ?? '')));
}

/** What those before us have left too, if they were killed. A folder that somebody has come to again stays. */
function removeUpTo(folder: string, place: number): void {
  try {
    const own = readdirSync(folder).filter((name) => Number.parseInt(name, 10) <= place);
    for (const name of own) rmSync(join(folder, name), { force: true });
    rmdirSync(folder);
  } catch {
    // Somebody else is there, or has removed it.
  }
}
