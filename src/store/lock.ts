/**
 * Who writes in a run directory: at most one process, on whatever host.
 *
 * `RUN_DIR/lock` names the owner and an epoch that grows with each owner; it stays when the owner leaves, marked
 * as released. Epoch e is followed only by whoever holds a ticket: `lock.e+1`, which one process can make (a hard
 * link to an existing name fails, on NFS as well), or `lock.e+2` where the holder of the first is dead, and so on.
 * Who holds the ticket looks at the lock again and renames the ticket to it, so that a reader sees the old owner or
 * the new one and nothing between. A ticket of a dead process is never taken away while its epoch is to come, since
 * it could be that of the next by then; it is passed over. A lock without a readable owner is refused.
 */
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { EnvironmentError } from '../errors/environment-error.js';
import { type ProcessIdentity, thisProcess, whetherAlive } from '../process/identity.js';
import { shellWord } from '../process/spawn/shell-word.js';
import { temporaryPath } from './atomic-file.js';

export interface LockOwner extends ProcessIdentity {
  readonly epoch: number;
  /** Differs between two owners even when everything else is the same. */
  readonly nonce: string;
  /** ISO 8601. */
  readonly since: string;
  readonly state: 'held' | 'released';
}

export interface Lock {
  readonly owner: LockOwner;
  /** False once another process has taken over: then nothing more may be written. Reads one small file. */
  stillOwner(): boolean;
  /** Gives the lock back, unless another process has it by now. */
  release(): void;
}

export interface LockOptions {
  /**
   * The user says that an owner on another host, which cannot be looked at from here, is at work no more. Should it be,
   * it finds itself replaced and writes no further.
   */
  readonly takeOver?: boolean;
}

/** Takes the lock of a run directory. Throws EnvironmentError, which names the owner, while another process has it. */
export function acquireLock(runDir: string, { takeOver = false }: LockOptions = {}): Lock {
  const path = join(runDir, 'lock');
  for (let attempt = 0; attempt < 10; attempt++) {
    const before = readLock(runDir);
    if (before) refuseIfHeld(path, before, takeOver);
    const owner: LockOwner = {
      ...thisProcess(),
      epoch: (before?.epoch ?? 0) + 1,
      nonce: randomUUID(),
      since: new Date().toISOString(),
      state: 'held',
    };
    const taken = before
      ? follow(path, before, owner, takeOver)
      : createExclusively(path, owner)
        ? owner
        : undefined;
    if (!taken) continue;
    removeLeftovers(path, taken.epoch);
    return heldLock(path, taken);
  }
  throw new EnvironmentError(`several processes contend for ${path}`, {
    hint: 'Start one run at a time in it',
  });
}

/** The owner that the lock names, released or not; undefined when there never was one. */
export function readLock(runDir: string): LockOwner | undefined {
  return readOwner(join(runDir, 'lock'));
}

function readOwner(path: string): LockOwner | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new EnvironmentError(`cannot read ${path}: ${(error as Error).message}`, { cause: error });
  }
  return parseOwner(path, text);
}

function refuseIfHeld(path: string, owner: LockOwner, takeOver: boolean): void {
  if (owner.state === 'released') return;
  const alive = whetherAlive(owner);
  if (alive === 'dead' || (alive === 'unknown' && takeOver)) return;
  const who = `process ${owner.pid} on host ${owner.host}, since ${owner.since}`;
  if (alive === 'alive') {
    throw new EnvironmentError(`the run directory is in use by ${who} (${path})`, {
      hint: 'Wait for it to end, or choose another --run-dir',
    });
  }
  throw new EnvironmentError(`the run directory may be in use by ${who} (${path})`, {
    hint:
      'from this host it cannot be seen whether it still runs: if it does not, as when that host is lost, ' +
      `resume ${shellWord(dirname(path))} --take-over goes on`,
  });
}

/** Replaces a dead or released owner; undefined when another process was faster. */
function follow(path: string, before: LockOwner, next: LockOwner, takeOver: boolean): LockOwner | undefined {
  const owner = takeTicket(path, next, takeOver);
  if (!owner) return undefined;
  const ticket = ticketPath(path, owner.epoch);
  // Only the holder of the ticket changes a lock of this epoch, so what is read here stays true until the rename.
  const now = readOwner(path);
  if (now?.nonce !== before.nonce || now.state !== before.state) {
    rmSync(ticket, { force: true });
    return undefined;
  }
  renameSync(ticket, path);
  return owner;
}

/** The first epoch whose ticket can be had, all in front of it being of dead processes. */
function takeTicket(path: string, next: LockOwner, takeOver: boolean): LockOwner | undefined {
  for (let owner = next; ; owner = { ...owner, epoch: owner.epoch + 1 }) {
    const ticket = ticketPath(path, owner.epoch);
    if (createExclusively(ticket, owner)) return owner;
    const holder = readOwner(ticket);
    // Its holder has made it the lock, or given it up.
    if (!holder) return undefined;
    refuseIfHeld(ticket, holder, takeOver);
  }
}

function ticketPath(path: string, epoch: number): string {
  return `${path}.${epoch}`;
}

/** What processes left that died while they took the lock: tickets of epochs that are over, and files for making them. */
function removeLeftovers(path: string, epoch: number): void {
  const folder = dirname(path);
  for (const name of readdirSync(folder)) {
    const [, ticket, temporary] = /^lock\.(?:(\d+)|.*(\.tmp))$/.exec(name) ?? [];
    const file = join(folder, name);
    const isLeft = temporary ? isOfDead(file) : Number(ticket) <= epoch;
    if (isLeft) removeIfPossible(file);
  }
}

/** True for one that nobody has written to the end: who is about to will not find it, and look at the lock again. */
function isOfDead(file: string): boolean {
  try {
    const owner = readOwner(file);
    return owner !== undefined && whetherAlive(owner) === 'dead';
  } catch {
    return true;
  }
}

function heldLock(path: string, owner: LockOwner): Lock {
  const stillOwner = () => {
    try {
      return parseOwner(path, readFileSync(path, 'utf8')).nonce === owner.nonce;
    } catch {
      return false;
    }
  };
  let isReleased = false;
  return {
    owner,
    stillOwner,
    release: () => {
      if (isReleased || !stillOwner()) return;
      isReleased = true;
      markReleased(path, owner);
    },
  };
}

/** Never throws: whoever releases may be on the way out because of a full disk, and that error is the one to tell. */
function markReleased(path: string, owner: LockOwner): void {
  const temporary = temporaryPath(path);
  try {
    writeOwner(temporary, { ...owner, state: 'released' });
    renameSync(temporary, path);
  } catch {
    // Without a lock the next owner starts with the first epoch again; its nonce still sets it apart from this one.
    for (const file of [temporary, path]) removeIfPossible(file);
  }
}

/** What stays tells the next process no more than that its owner is dead. */
function removeIfPossible(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // A full disk, or one that is read only by now.
  }
}

/** False when the file exists. A link shows the file only once its content is there, on any file system that has links. */
function createExclusively(path: string, owner: LockOwner): boolean {
  const temporary = `${path}.${owner.nonce}.tmp`;
  try {
    writeOwner(temporary, owner);
    linkSync(temporary, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Gone: the lock has another owner by now, who tidied up.
    const isRemoved = code === 'ENOENT' && (error as NodeJS.ErrnoException).syscall === 'link';
    if (code === 'EEXIST' || isRemoved) return false;
    if (code === 'EPERM' || code === 'ENOTSUP' || code === 'ENOSYS') return createWithoutLink(path, owner);
    throw new EnvironmentError(`cannot create ${path}: ${(error as Error).message}`, { cause: error });
  } finally {
    rmSync(temporary, { force: true });
  }
}

function createWithoutLink(path: string, owner: LockOwner): boolean {
  try {
    writeOwner(path, owner, 'wx');
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw new EnvironmentError(`cannot create ${path}: ${(error as Error).message}`, { cause: error });
  }
}

function writeOwner(path: string, owner: LockOwner, flags = 'w'): void {
  const fd = openSync(path, flags);
  try {
    writeSync(fd, `${JSON.stringify(owner, null, 2)}\n`);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function parseOwner(path: string, text: string): LockOwner {
  try {
    const owner = JSON.parse(text) as LockOwner;
    if (typeof owner.host === 'string' && typeof owner.pid === 'number' && typeof owner.epoch === 'number') {
      return owner;
    }
  } catch {
    // Told below, together with content that is JSON but no owner.
  }
  throw new EnvironmentError(`${path} does not say who owns it`, {
    hint: 'If no run uses this folder, remove the file and try again',
  });
}
