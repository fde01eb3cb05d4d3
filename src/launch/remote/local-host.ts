/** This machine as a host. */
import { spawn } from 'node:child_process';
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname } from 'node:path';
import type { Host, HostCommandOptions, HostOutcome } from './host.js';

export const localHost: Host = {
  name: 'localhost',
  isLocal: true,
  run: runHere,
  readFile: readHere,
  writeFile: writeHere,
  close: async () => {},
};

/** LC_ALL=C holds for programs whose output is parsed, as on every other host. */
function runHere(argv: readonly string[], options: HostCommandOptions = {}): Promise<HostOutcome> {
  const [program = '', ...args] = argv;
  const { input, cwd = homedir(), environment, timeoutMs, signal } = options;
  return new Promise((resolve) => {
    let isTimeout = false;
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    const text = (parts: Buffer[]) => Buffer.concat(parts).toString();
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, LC_ALL: 'C', ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(signal ? { signal } : {}),
    });
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            isTimeout = true;
            child.kill('SIGKILL');
          }, timeoutMs);
    const end = (code: number | null, by: string | null, more = '') => {
      clearTimeout(timer);
      const outcome = { stdout: text(stdout), stderr: text(stderr) + more, isTimeout };
      resolve({ code: code ?? undefined, signal: by ?? undefined, ...outcome });
    };
    child.stdout.on('data', (part: Buffer) => stdout.push(part));
    child.stderr.on('data', (part: Buffer) => stderr.push(part));
    // A program that ends without reading its input is no error here.
    child.stdin.on('error', () => {});
    child.on('error', (error) => end(null, null, error.message));
    child.on('close', (code, by) => end(code, by));
    child.stdin.end(input);
  });
}

async function readHere(path: string, from = 0): Promise<Uint8Array | undefined> {
  try {
    const file = await open(path, 'r');
    try {
      const size = Math.max(0, (await file.stat()).size - from);
      const bytes = new Uint8Array(size);
      const { bytesRead } = await file.read(bytes, 0, size, from);
      return bytes.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function writeHere(path: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const beside = `${path}.${process.pid}.new`;
  try {
    await writeFile(beside, content, { mode });
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
