/**
 * Folders for a moment, named by the process that made them: what a killed process left is told from what a living one
 * uses, and goes with the next start on this host.
 */
import { createHash, randomUUID } from 'node:crypto';
import { lstatSync, mkdtempSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { thisProcess, whetherAlive } from './identity.js';

/** Makes a folder that only this user can enter; `kind` is one word that says what for. */
export function temporaryFolder(kind: string, base = tmpdir()): string {
  return mkdtempSync(join(base, `${prefixOf(kind)}-`));
}

/** The same among a user's own files, where it is not to be seen. */
export function hiddenFolder(kind: string, base: string): string {
  return mkdtempSync(join(base, `.${prefixOf(kind)}-`));
}

/** A name that no other process has; nothing is made. */
export function temporaryName(kind: string): string {
  return `${prefixOf(kind)}-${randomUUID().slice(0, 8)}`;
}

/** Removes folders in `base` whose processes are dead. Resolves when all are gone; what cannot be removed stays. */
export async function removeLeftovers(base = tmpdir()): Promise<void> {
  let names: string[];
  try {
    names = readdirSync(base);
  } catch {
    return;
  }
  const left = names.filter(isOfDead).map((name) => join(base, name));
  await Promise.allSettled(left.filter(isOurs).map((path) => rm(path, { recursive: true, force: true })));
}

const pattern = /^\.?shoal-\w+-([0-9a-f]{6})([0-9a-f]{6})-(\d+)-(\d*)-\w+$/;

function prefixOf(kind: string): string {
  const { pid, startTime } = thisProcess();
  const { host, boot } = machine();
  return `shoal-${kind}-${host}${boot}-${pid}-${startTime}`;
}

/** A folder of another host, as on a shared disk, is left to that host. */
function isOfDead(name: string): boolean {
  const [, host, boot, pid, startTime] = pattern.exec(name) ?? [];
  const here = machine();
  if (host !== here.host) return false;
  if (boot !== here.boot) return true;
  return whetherAlive({ ...thisProcess(), pid: Number(pid), startTime: startTime ?? '' }) === 'dead';
}

function isOurs(path: string): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat?.isDirectory() === true && stat.uid === process.getuid?.();
}

/** This host since it was started, in twelve letters. */
export function machineMark(): string {
  const { host, boot } = machine();
  return `${host}${boot}`;
}

let known: { readonly host: string; readonly boot: string } | undefined;

function machine(): { readonly host: string; readonly boot: string } {
  if (!known) {
    const { host, bootId } = thisProcess();
    known = { host: shortHash(host), boot: shortHash(bootId) };
  }
  return known;
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 6);
}
