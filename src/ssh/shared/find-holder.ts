/**
 * Where the workers of a node meet to share connections: a folder of the run, with a socket for each process that has
 * held them. The highest number counts; a number is never used again, so that nobody removes what another has just made.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { EnvironmentError } from '../../errors/environment-error.js';
import { mainScript } from '../../process/install.js';
import { withoutLauncher } from '../../process/spawn/launcher-environment.js';
import { machineMark } from '../../process/temporary.js';

/** One that has not come until then does not. */
export const startMs = 30_000;
const lookMs = 25;
/** Another may have taken the number, or removed the folder: it is tried again. */
const mostStarts = 6;

/** A path of a socket has at most 104 letters. */
const longestBase = 50;

/** Where all meetings of this node are. */
export function meetingBase(): string {
  return tmpdir().length > longestBase ? '/tmp' : tmpdir();
}

/** The same for all processes of this node that work for the run and reach hosts in the same way. */
export function meetingFolder(runDir: string, environment: NodeJS.ProcessEnv): string {
  const { SHOAL_SSH, SHOAL_SSH_CONFIG, SSH_AUTH_SOCK, HOME } = environment;
  const facts = [
    hostname(),
    process.getuid?.(),
    resolve(runDir),
    SHOAL_SSH,
    SHOAL_SSH_CONFIG,
    SSH_AUTH_SOCK,
    HOME,
  ];
  const hash = createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 12);
  return join(meetingBase(), `shoal-hosts-${machineMark()}-${hash}`);
}

/** A socket to who holds the connections, started if nobody does, and the path of its socket. */
export async function findHolder(
  folder: string,
  environment: NodeJS.ProcessEnv,
): Promise<{ readonly socket: Socket; readonly path: string }> {
  for (let starts = 0; ; ) {
    enter(folder);
    const place = latestIn(folder);
    const path = join(folder, String(place));
    const socket = place === 0 ? 'dead' : await knock(path);
    if (typeof socket === 'object') return { socket, path };
    if (socket === 'dead' || !isComing(path)) {
      if (++starts > mostStarts) {
        throw new EnvironmentError('the process that holds connections to hosts does not start', {
          hint: `It would be \`node ${mainScript()}\`, with its socket in ${folder}.`,
        });
      }
      startHolder(folder, place + 1, environment);
    }
    await new Promise((done) => setTimeout(done, lookMs));
  }
}

/** Only this user may come in: who does can run commands on the hosts. */
function enter(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = lstatSync(folder);
  if (lstatSync(folder).isDirectory() && uid === process.getuid?.() && (mode & 0o077) === 0) return;
  throw new EnvironmentError(`${folder} is not a folder that only this user can enter`, {
    hint: 'Remove it, or set TMPDIR to a folder of your own.',
  });
}

function latestIn(folder: string): number {
  const places = readdirSync(folder).map((name) => Number.parseInt(name, 10));
  return Math.max(0, ...places.filter((place) => place > 0));
}

/** `absent`: somebody has the number, and has not come yet. */
function knock(path: string): Promise<Socket | 'dead' | 'absent'> {
  return new Promise((done) => {
    const socket = connect(path);
    socket.once('connect', () => done(socket));
    socket.once('error', (error) => {
      done((error as NodeJS.ErrnoException).code === 'ENOENT' ? 'absent' : 'dead');
    });
  });
}

function isComing(path: string): boolean {
  try {
    const claim = `${path}.claim`;
    if (Date.now() - statSync(claim).mtimeMs > startMs) return false;
    // Nothing is written yet for a moment: 0 is this process itself.
    process.kill(Number(readFileSync(claim, 'utf8')), 0);
    return true;
  } catch {
    return false;
  }
}

/** Of those who start one under the same number at the same time, the shell lets one through. */
function startHolder(folder: string, place: number, environment: NodeJS.ProcessEnv): void {
  const claim = 'set -C; folder=$1 place=$2; shift 2; echo $$ >"$folder/$place.claim" && exec "$@"';
  const words = [process.execPath, mainScript(), 'hold-connections', folder, String(place)];
  const child = spawn('/bin/sh', ['-c', claim, 'sh', folder, String(place), ...words], {
    stdio: 'ignore',
    // It outlives the worker that needed it first, for the others.
    detached: true,
    env: { ...withoutLauncher(environment), SHOAL_WORKER_MARK: householdOf(environment) },
  });
  child.on('error', () => {});
  child.unref();
}

/** What a worker leaves behind is swept by its own mark; this belongs to all of its household. */
function householdOf({ SHOAL_WORKER_MARK }: NodeJS.ProcessEnv): string {
  return SHOAL_WORKER_MARK?.replace(/\.\d+\.$/, '.hosts.') ?? '';
}
