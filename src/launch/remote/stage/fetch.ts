/** Files from a host, while they grow: of files that are only appended to, the new bytes; of others, what changed. */
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { HostError } from '../../../errors/host-error.js';
import { pathWord, repeated, type SshHost, unusable } from '../ssh-host.js';
import { type HashedFile, localHashes, remoteHashes } from './hashes.js';

export interface FetchOptions {
  /** True for a file (by its path in the folder) that is only ever appended to. */
  readonly isAppendOnly: (path: string) => boolean;
  readonly onBytes?: (total: number) => void;
}

export interface FetchOutcome {
  readonly changed: readonly string[];
  /** Of files, as they are written here. */
  readonly bytes: number;
}

/** Brings `target` up to what `folder` of the host is now. Nothing here is removed. A folder that is not there is a HostError. */
export async function fetchFolder(
  host: SshHost,
  folder: string,
  target: string,
  { isAppendOnly, onBytes }: FetchOptions,
): Promise<FetchOutcome> {
  const listed = await repeated(() => listFiles(host, folder));
  const changed: string[] = [];
  let bytes = 0;
  const passed = (count: number) => {
    bytes += count;
    onBytes?.(bytes);
  };
  // What is replaced comes first: it speaks of no more than the appended files hold.
  const whole = listed.filter(({ path }) => !isAppendOnly(path)).map(({ path }) => path);
  changed.push(...(await repeated(() => fetchWhole(host, folder, target, whole, passed))));
  for (const { path, bytes: size } of listed.filter((file) => isAppendOnly(file.path))) {
    const isNew = await repeated(() =>
      fetchNewBytes(host, `${folder}/${path}`, join(target, path), size, passed),
    );
    if (isNew) changed.push(path);
  }
  return { changed, bytes };
}

/**
 * Appends what the host's file has beyond this one. One that is shorter there than here was begun anew, and is fetched
 * whole. True when something came.
 */
export async function fetchNewBytes(
  host: SshHost,
  remote: string,
  local: string,
  remoteBytes: number,
  passed: (bytes: number) => void,
): Promise<boolean> {
  await mkdir(dirname(local), { recursive: true });
  let from = (await stat(local).catch(() => undefined))?.size ?? 0;
  if (remoteBytes < from) {
    await rm(local);
    from = 0;
  }
  if (remoteBytes === from) return false;
  const word = pathWord(remote);
  await receive(host, `tail -c +${from + 1} -- ${word} | gzip -1c`, local, passed);
  return true;
}

interface ListedFile {
  readonly path: string;
  readonly bytes: number;
}

async function listFiles(host: SshHost, folder: string): Promise<readonly ListedFile[]> {
  const text = `cd ${pathWord(folder)} || exit 66; find . -type f ! -name '*.new' -printf '%s %P\\0'`;
  const { code, stdout, stderr } = await host.stream(text);
  if (code === 66) throw new HostError(host.name, 'unusable', `${host.name} has no folder ${folder}`);
  if (code !== 0) throw unusable(host.name, `cannot look into ${folder}`, stderr);
  return stdout
    .toString()
    .split('\0')
    .filter(Boolean)
    .map((line) => {
      const at = line.indexOf(' ');
      return { path: line.slice(at + 1), bytes: Number(line.slice(0, at)) };
    });
}

/** Each takes its place when it has arrived whole. */
async function fetchWhole(
  host: SshHost,
  folder: string,
  target: string,
  paths: readonly string[],
  passed: (bytes: number) => void,
): Promise<readonly string[]> {
  if (paths.length === 0) return [];
  const there = await remoteHashes(host, folder, paths);
  const here = new Map((await localHashes(target, paths)).map((file) => [file.path, file]));
  const wanted = [...there.values()].filter((file) => isOther(file, here.get(file.path)));
  if (wanted.length === 0) return [];
  await mkdir(target, { recursive: true });
  const scratch = await mkdtemp(join(target, '.arriving-'));
  try {
    for (const { path } of wanted) {
      const arriving = join(scratch, 'file');
      await receive(host, `gzip -1c -- ${pathWord(`${folder}/${path}`)}`, arriving, passed);
      await mkdir(dirname(join(target, path)), { recursive: true });
      await rename(arriving, join(target, path));
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return wanted.map(({ path }) => path);
}

function isOther(file: HashedFile, known: HashedFile | undefined): boolean {
  return known?.hash !== file.hash;
}

/** Bytes that have arrived stay, also when the connection is cut: the next fetch goes on behind them. */
async function receive(
  host: SshHost,
  text: string,
  local: string,
  passed: (bytes: number) => void,
): Promise<void> {
  const unpack = createGunzip();
  const file = createWriteStream(local, { flags: 'a' });
  unpack.on('data', (part: Buffer) => passed(part.length));
  const written = new Promise<void>((resolve, reject) => {
    file.on('close', resolve).on('error', reject);
    // A stream that was cut in the middle has given what it had.
    unpack.on('error', () => file.end());
  });
  unpack.pipe(file);
  try {
    const { code, stderr } = await host.stream(text, { onOutput: (bytes) => unpack.write(bytes) });
    if (code !== 0) throw unusable(host.name, 'could not be read', stderr);
  } finally {
    unpack.end();
    await written;
  }
}
