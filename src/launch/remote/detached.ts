/**
 * Commands on a host that outlive the connection and us. Each has a folder there with what it printed and how it ended,
 * by which it is found again.
 */
import { randomBytes } from 'node:crypto';
import { HostError } from '../../errors/host-error.js';
import { shellWord } from '../../process/spawn/shell-word.js';
import type { Host } from './host.js';
import { repeated, type SshHost, unusable } from './ssh-host.js';

export type DetachedState =
  | { readonly kind: 'running' }
  | { readonly kind: 'ended'; readonly code: number }
  /** Its process is gone and left no exit code: the host was restarted, or somebody killed all of it. */
  | { readonly kind: 'vanished' }
  /** There is no such command on the host. */
  | { readonly kind: 'unknown' };

export interface DetachedOptions {
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Below the user's home. */
export const commandsFolder = '.local/state/shoal/commands';

/** An id for `startDetached`, to be written down before it is called. */
export function newDetachedId(): string {
  return `${Date.now().toString(36)}-${randomBytes(4).toString('hex')}`;
}

/** Starts it once, however often this is called with the same id: a call whose answer was lost may be repeated. */
export async function startDetached(
  host: SshHost,
  id: string,
  argv: readonly string[],
  { cwd, environment = {} }: DetachedOptions = {},
): Promise<void> {
  const variables = Object.entries(environment).map(([name, value]) => `export ${name}=${shellWord(value)}`);
  const text = `umask 077; mkdir -p "$HOME/${commandsFolder}" && cd "$HOME/${commandsFolder}" || exit 1
${clearing}
mkdir ${idWord(host, id)} 2>/dev/null || { [ -d ${id} ] && exit 0; exit 1; }
j="$PWD/${id}"
${variables.join('\n')}
cd ${cwd === undefined ? '"$HOME"' : shellWord(cwd)} || { rmdir "$j"; exit 1; }
setsid /bin/sh -c ${shellWord(keeper)} shoal "$j" ${argv.map(shellWord).join(' ')} </dev/null >/dev/null 2>&1 3<&- &
while [ ! -e "$j/process" ] && [ ! -e "$j/code" ]; do sleep 0.05; done`;
  const { code, stderr } = await repeated(() => host.stream(text));
  if (code !== 0) throw unusable(host.name, 'could not start a command', stderr);
}

/** What ended long ago is known to whoever asked for it. */
const clearing = `find . -mindepth 2 -maxdepth 2 -name code -mtime +30 2>/dev/null | while read -r f; do rm -rf "\${f%/code}"; done`;

/**
 * Stays beside the command and writes down how it ended. Its own start time tells it from a later process of its number.
 * A signal to all of them is the command's to answer.
 */
const keeper = `j=$1; shift; trap : TERM
printf '%s %s\\n' $$ "$(sed 's/.*) //' /proc/$$/stat | cut -d' ' -f20)" >"$j/process.new" && mv "$j/process.new" "$j/process"
"$@" >"$j/stdout" 2>"$j/stderr"
printf '%s\\n' $? >"$j/code.new" && mv "$j/code.new" "$j/code"`;

/** Also of a command of this machine that another has started. */
export async function detachedState(host: Host, id: string): Promise<DetachedState> {
  const text = `cd "$HOME/${commandsFolder}"/${idWord(host, id)} 2>/dev/null || { echo unknown; exit 0; }
${isAlive}
if [ -e code ]; then echo ended $(cat code); elif alive; then echo running; elif [ -e code ]; then echo ended $(cat code); else echo vanished; fi`;
  const { code, stdout, stderr } = await repeated(() => host.run(['sh', '-c', text]));
  const [kind, exit] = stdout.trim().split(' ');
  if (code !== 0) throw unusable(host.name, 'does not say how a command does', Buffer.from(stderr));
  if (kind === 'ended') return { kind, code: Number(exit) };
  if (kind === 'running' || kind === 'vanished' || kind === 'unknown') return { kind };
  throw unusable(host.name, 'does not say how a command does', Buffer.from(stdout));
}

/** What it has printed, from an offset on; undefined for a command that is not there. */
export function detachedOutput(
  host: SshHost,
  id: string,
  stream: 'stdout' | 'stderr',
  from = 0,
): Promise<Uint8Array | undefined> {
  return host.readFile(`~/${commandsFolder}/${idWord(host, id)}/${stream}`, from);
}

/** Signals all of its session; KILL after the grace where that does not end it. */
export async function endDetached(host: Host, id: string, graceSeconds = 10): Promise<void> {
  const text = `cd "$HOME/${commandsFolder}"/${idWord(host, id)} 2>/dev/null || exit 0
${isAlive}
alive || exit 0
read -r p s <process
kill -s TERM -- -$p; n=0
while kill -s 0 -- -$p 2>/dev/null && [ $n -lt ${Math.ceil(graceSeconds * 10)} ]; do sleep 0.1; n=$((n+1)); done
kill -s KILL -- -$p 2>/dev/null
[ -e code ] || echo 143 >code`;
  const { code, stderr } = await repeated(() => host.run(['sh', '-c', text]));
  if (code !== 0) throw unusable(host.name, 'could not end a command', Buffer.from(stderr));
}

/** Takes its folder away; one that still runs is a HostError. */
export async function forgetDetached(host: SshHost, id: string): Promise<void> {
  const state = await detachedState(host, id);
  if (state.kind === 'running') {
    throw new HostError(host.name, 'unusable', `the command ${id} on ${host.name} still runs`);
  }
  const { code, stderr } = await repeated(() =>
    host.stream(`rm -rf "$HOME/${commandsFolder}"/${idWord(host, id)}`),
  );
  if (code !== 0) throw unusable(host.name, 'could not remove what a command left', stderr);
}

const isAlive = `alive() {
  [ -e process ] || return 1
  read -r p s <process
  [ "$(sed 's/.*) //' /proc/$p/stat 2>/dev/null | cut -d' ' -f20)" = "$s" ]
}`;

/** An id becomes part of a path. */
function idWord(host: Host, id: string): string {
  if (/^[A-Za-z0-9][\w-]*$/.test(id)) return id;
  throw new HostError(host.name, 'unusable', `${id} is no id of a command`);
}
