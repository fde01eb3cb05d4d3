/** Putting this version, and Node where it is wanted, beside what a host has. Each comes whole or not at all. */
import { HostError } from '../../../errors/host-error.js';
import { shellWord } from '../../../process/spawn/shell-word.js';
import { counted, outputOf } from '../program-output.js';
import { type SshHost, unusable } from '../ssh-host.js';
import { packedFiles } from './package-files.js';
import { shareFolder } from './probe.js';

export type OnBytes = (what: string, bytes: number) => void;

/** `node`: path of the Node there that starts it. */
export async function uploadShoal(
  host: SshHost,
  build: string,
  node: string,
  withNative: boolean,
  onBytes: OnBytes,
): Promise<void> {
  const starter = `#!/bin/sh\nexec ${shellWord(node)} "$(dirname "$(readlink -f "$0")")/dist/main.js" "$@"\n`;
  await upload(
    host,
    `shoal ${build}`,
    ['tar', '-czf', '-', ...packedFiles(withNative).tarArguments],
    build,
    `tar -xzf - -C "$t" && printf '%s' ${shellWord(starter)} >"$t/shoal" && chmod 755 "$t/shoal"`,
    onBytes,
  );
}

/** A copy of the Node that runs us. */
export async function uploadNode(host: SshHost, onBytes: OnBytes): Promise<void> {
  await upload(
    host,
    `Node ${process.versions.node}`,
    ['gzip', '-1c', process.execPath],
    `node-${process.versions.node}`,
    `mkdir "$t/bin" && gzip -dc >"$t/bin/node" && chmod 755 "$t/bin/node" && "$t/bin/node" -e 0`,
    onBytes,
  );
}

async function upload(
  host: SshHost,
  what: string,
  source: readonly string[],
  folder: string,
  unpack: string,
  onBytes: OnBytes,
): Promise<void> {
  // What a cut connection leaves is taken away by the next upload.
  const text = `set -e
d="$HOME/${shareFolder}"; mkdir -p "$d"; rm -rf "$d"/.new.*
t="$d/.new.$$"; mkdir "$t"; trap 'rm -rf "$t"' EXIT
${unpack}
rm -rf "$d/${folder}"; mv "$t" "$d/${folder}"`;
  const input = counted(outputOf(source), (bytes) => onBytes(what, bytes));
  const { code, stderr } = await host.stream(text, { input });
  if (code !== 0) throw unusable(host.name, `could not take ${what}`, stderr);
}

/** Removes one version, or all and Node with them; a word for each that went. */
export async function removeShoal(host: SshHost, build: string | undefined): Promise<readonly string[]> {
  if (build !== undefined && !/^[\w.-]+$/.test(build)) {
    throw new HostError(host.name, 'unusable', `${build} is no version of shoal`);
  }
  const which = build === undefined ? '"$d"/*-*/' : `"$d"/${build}/`;
  const text = `d="$HOME/${shareFolder}"
for f in ${which}; do
  [ -e "$f/package.json" ] || [ -e "$f/bin/node" ] || continue
  rm -rf "$f" && basename "$f"
done
rmdir "$d" 2>/dev/null; :`;
  const { code, stdout, stderr } = await host.stream(text);
  if (code !== 0) throw unusable(host.name, 'could not remove it', stderr);
  return stdout.toString().split('\n').filter(Boolean);
}
