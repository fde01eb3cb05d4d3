/** Files to a host: only what changed, compressed; a transfer that was cut goes on where it was. */
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGzip } from 'node:zlib';
import { HostError } from '../../../errors/host-error.js';
import { InputError } from '../../../errors/input-error.js';
import { shellWord } from '../../../process/spawn/shell-word.js';
import { outputOf } from '../program-output.js';
import { pathWord, repeated, type SshHost, unusable } from '../ssh-host.js';
import { type Batch, batchesOf } from './batches.js';
import { type HashedFile, localHashes, remoteHashes } from './hashes.js';

/** Exit code of our own script for a file whose bytes are others than those that were sent. */
const mixedCode = 75;

export interface StageProgress {
  /** Bytes of files, not of the stream. */
  readonly doneBytes: number;
  readonly totalBytes: number;
}

export interface StageOutcome {
  readonly sent: readonly string[];
  readonly sentBytes: number;
  readonly unchangedCount: number;
}

/** `paths` are relative to `root`; they get the same names below `folder`. Files of the host that are not named stay. */
export async function sendFiles(
  host: SshHost,
  root: string,
  paths: readonly string[],
  folder: string,
  onProgress: (progress: StageProgress) => void = () => {},
): Promise<StageOutcome> {
  const files = await localHashes(root, paths);
  checkAllThere(root, paths, files);
  const there = await repeated(() => remoteHashes(host, folder, paths));
  const changed = files.filter(({ path, hash }) => there.get(path)?.hash !== hash);
  const hashOf = new Map(changed.map(({ path, hash }) => [path, hash]));
  const totalBytes = changed.reduce((sum, { bytes }) => sum + bytes, 0);
  let before = 0;
  for (const batch of batchesOf(changed)) {
    await repeated(() => {
      // A batch that is sent again counts from its start.
      let inBatch = 0;
      return sendBatch(host, root, batch, folder, hashOf, (bytes) => {
        inBatch += bytes;
        onProgress({ doneBytes: before + inBatch, totalBytes });
      });
    });
    before += bytesOf(batch);
  }
  return {
    sent: changed.map(({ path }) => path),
    sentBytes: totalBytes,
    unchangedCount: files.length - changed.length,
  };
}

function bytesOf(batch: Batch): number {
  return batch.kind === 'large' ? batch.file.bytes : batch.files.reduce((sum, { bytes }) => sum + bytes, 0);
}

function checkAllThere(root: string, paths: readonly string[], files: readonly HashedFile[]): void {
  const present = new Set(files.map(({ path }) => path));
  const missing = paths.find((path) => !present.has(path));
  if (missing !== undefined) throw new InputError('no such file', { file: join(root, missing) });
}

async function sendBatch(
  host: SshHost,
  root: string,
  batch: Batch,
  folder: string,
  hashOf: ReadonlyMap<string, string>,
  passed: (bytes: number) => void,
): Promise<void> {
  switch (batch.kind) {
    case 'small':
      await sendSmall(
        host,
        root,
        batch.files.map(({ path }) => path),
        folder,
      );
      return passed(bytesOf(batch));
    case 'large':
      return sendLarge(host, root, batch.file.path, folder, hashOf.get(batch.file.path) ?? '', passed);
    default:
      return batch satisfies never;
  }
}

/** They take their places when all have arrived. */
async function sendSmall(
  host: SshHost,
  root: string,
  paths: readonly string[],
  folder: string,
): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'shoal-stage-'));
  try {
    const list = join(scratch, 'names');
    writeFileSync(list, paths.map((path) => `${path}\0`).join(''));
    const text = `set -e
mkdir -p -- ${pathWord(folder)}; cd ${pathWord(folder)}
rm -rf .shoal-arriving.*; t=.shoal-arriving.$$; mkdir "$t"; trap 'rm -rf "$t"' EXIT
tar -xzf - -C "$t"
cd "$t"; find . -type d -exec sh -c 'for f; do mkdir -p -- "../$f"; done' sh {} +
find . ! -type d -exec sh -c 'for f; do mv -f -- "$f" "../$f" || exit 1; done' sh {} +; cd ..`;
    const input = outputOf(['tar', '-czf', '-', '-C', root, '--null', '--no-recursion', '-T', list]);
    const { code, stderr } = await host.stream(text, { input });
    if (code !== 0) throw unusable(host.name, `could not take files for ${folder}`, stderr);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** What has arrived of it lies beside its place under the hash of the whole. */
async function sendLarge(
  host: SshHost,
  root: string,
  path: string,
  folder: string,
  hash: string,
  passed: (bytes: number) => void,
): Promise<void> {
  const place = pathWord(`${folder}/${path}`);
  const part = `${place}.${hash.slice(0, 16)}.part`;
  const asked = await host.stream(`mkdir -p -- "$(dirname -- ${place})"; touch -- ${part}; wc -c <${part}`);
  if (asked.code !== 0) throw unusable(host.name, `cannot write ${path}`, asked.stderr);
  const from = Number(asked.stdout.toString());
  passed(from);
  const text = `gzip -dc >>${part} || exit 1
h=$(sha256sum <${part}); [ "\${h%% *}" = ${shellWord(hash)} ] || { rm -f -- ${part}; exit ${mixedCode}; }
mv -f -- ${part} ${place}`;
  const source = createReadStream(join(root, path), { start: from });
  source.on('data', (data) => passed(data.length));
  const { code, stderr } = await host.stream(text, { input: source.pipe(createGzip()) });
  // The other end of a connection that was cut may still have been writing to it.
  if (code === mixedCode)
    throw new HostError(host.name, 'lost', `${path} did not arrive on ${host.name} as it is here`);
  if (code !== 0) throw unusable(host.name, `could not take ${path}`, stderr);
}
