/** SHA-256 of files, here and on a host. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { pathWord, type SshHost, unusable } from '../ssh-host.js';

export interface HashedFile {
  /** Relative to the folder that was asked for. */
  readonly path: string;
  readonly bytes: number;
  readonly hash: string;
}

/** Those that are there. */
export async function localHashes(root: string, paths: readonly string[]): Promise<HashedFile[]> {
  const found: HashedFile[] = [];
  for (const path of paths) {
    const facts = await lstat(join(root, path)).catch(() => undefined);
    if (!facts?.isFile()) continue;
    const hash = createHash('sha256');
    for await (const part of createReadStream(join(root, path))) hash.update(part as Uint8Array);
    found.push({ path, bytes: facts.size, hash: hash.digest('hex') });
  }
  return found;
}

/** Those that are there, by path. */
export async function remoteHashes(
  host: SshHost,
  folder: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, HashedFile>> {
  const text = `cd ${pathWord(folder)} 2>/dev/null || exit 0
xargs -0 sh -c 'for f; do [ -f "$f" ] || continue; h=$(sha256sum <"$f") && printf "%s %s %s\\0" "\${h%% *}" "$(wc -c <"$f")" "$f"; done' sh`;
  const { code, stdout, stderr } = await host.stream(text, { input: names(paths) });
  if (code !== 0) throw unusable(host.name, `cannot look into ${folder}`, stderr);
  const entries = stdout
    .toString()
    .split('\0')
    .filter(Boolean)
    .map((line): [string, HashedFile] => {
      const [hash = '', bytes = '', ...path] = line.split(' ');
      return [path.join(' '), { path: path.join(' '), bytes: Number(bytes), hash }];
    });
  return new Map(entries);
}

/** Separated by NUL, the one character that no name has. */
export async function* names(paths: readonly string[]): AsyncGenerator<Uint8Array> {
  if (paths.length > 0) yield Buffer.from(paths.map((path) => `${path}\0`).join(''));
}
