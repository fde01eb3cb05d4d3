/** A host that is reached through SSH. */
import { posix } from 'node:path';
import { HostError } from '../../errors/host-error.js';
import { shellWord } from '../../process/spawn/shell-word.js';
import { type PoolOptions, shareTransport } from '../../ssh/pool.js';
import { type RemoteOutcome, runRemote, streamRemote } from '../../ssh/remote-command.js';
import type { Host, HostCommandOptions, HostOutcome } from './host.js';

/** What more a host can do that is reached through SSH. */
export interface SshHost extends Host {
  /**
   * Text for a shell of the host, its input fed as it comes, what it prints passed on as it comes: for files too large
   * to hold in memory.
   */
  stream(
    text: string,
    options?: { readonly input?: AsyncIterable<Uint8Array>; readonly onOutput?: (bytes: Uint8Array) => void },
  ): Promise<RemoteOutcome>;
}

/** Exit code of our own scripts for a file that is not there. */
const absentCode = 66;

/** A connection that was lost is opened again, and what can be said twice is said again, this often. */
const mostRepeats = 3;

/** Connects when first used. Several of one name share a connection. */
export function sshHost(name: string, options: PoolOptions): SshHost {
  const { transport, release } = shareTransport(name, options);

  const stream: SshHost['stream'] = (text, streamOptions = {}) =>
    streamRemote(name, transport, text, streamOptions);

  async function run(argv: readonly string[], given: HostCommandOptions = {}): Promise<HostOutcome> {
    const { code, signal, isTimeout, stdout, stderr } = await runRemote(name, transport, argv, given);
    return { code, signal, isTimeout, stdout: stdout.toString(), stderr: stderr.toString() };
  }

  async function readFile(path: string, from = 0): Promise<Uint8Array | undefined> {
    const word = pathWord(path);
    const text = `[ -e ${word} ] || exit ${absentCode}; exec tail -c +${from + 1} -- ${word}`;
    const { code, stdout, stderr } = await repeated(() => stream(text));
    if (code === absentCode) return undefined;
    if (code !== 0) throw unusable(name, `cannot read ${path}`, stderr);
    return stdout;
  }

  async function writeFile(path: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
    const bytes = Buffer.from(content);
    const word = pathWord(path);
    // What arrives incomplete, because the connection was cut, never takes the place of the file.
    const text = `mkdir -p -- ${pathWord(posix.dirname(path))} && t=${word}.$$.new && umask 077 && cat >"$t" &&
      { [ "$(wc -c <"$t")" -eq ${bytes.length} ] || { rm -f -- "$t"; exit 1; }; } &&
      chmod ${mode.toString(8)} -- "$t" && mv -f -- "$t" ${word}`;
    const { code, stderr } = await repeated(() => stream(text, { input: once(bytes) }));
    if (code !== 0) throw unusable(name, `cannot write ${path}`, stderr);
  }

  return { name, isLocal: false, run, stream, readFile, writeFile, close: release };
}

/** For what may be done twice without harm. */
export async function repeated<T>(act: () => Promise<T>): Promise<T> {
  for (let repeat = 1; ; repeat++) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof HostError) || error.fault !== 'lost' || repeat > mostRepeats) throw error;
    }
  }
}

/** A name that begins with a dash is a file too; `~/` is the user's home. */
export function pathWord(path: string): string {
  if (path === '~') return '"$HOME"';
  if (path.startsWith('~/')) return `"$HOME"/${shellWord(path.slice(2))}`;
  return shellWord(path.startsWith('/') ? path : `./${path}`);
}

export function unusable(host: string, what: string, stderr: Uint8Array): HostError {
  const said = Buffer.from(stderr).toString().trim().split('\n').at(-1) ?? '';
  return new HostError(host, 'unusable', `${host} ${what}${said === '' ? '' : `: ${said}`}`);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
