/**
 * The shell script around a command on a host. It needs a POSIX shell, `setsid` and `head`, and nothing installed.
 *
 * The command gets a session of its own. A watcher reads our end of the connection: a line names a signal for the
 * command's process group; `alive` says that we are there. When the connection ends, or nothing was heard for a minute,
 * the group is ended. The last line of standard error is a mark and the exit code, so that an end is told from a
 * connection that was cut; the first of standard output is the mark too, because shells of users may greet there.
 */
import { shellWord } from '../process/spawn/shell-word.js';

export type RemoteFolder = string | { readonly kind: 'scratch' };

export interface GuardedCommand {
  readonly argv: readonly string[];
  /** The user's home unless given; a new folder for this command alone, removed behind it. */
  readonly cwd: RemoteFolder | undefined;
  readonly environment: Readonly<Record<string, string>>;
  /** Bytes of standard input, which follow the script. */
  readonly inputBytes: number;
  /** From TERM to KILL when the connection has ended. */
  readonly graceSeconds: number;
  /** A word that the command cannot know. */
  readonly mark: string;
}

/** Exit code of the script for a command that could not be started. */
export const unstartableCode = 'unstartable';

/** We say `alive` this often, and are given up after that many seconds of silence. */
export const aliveMs = 15_000;
const silenceSeconds = 60;

export function guardScript(command: GuardedCommand): string {
  const { argv, cwd, environment, inputBytes, graceSeconds, mark } = command;
  const words = argv.map(shellWord).join(' ');
  const program = shellWord(argv[0] ?? '');
  return `${header(mark)}
d=
end() { [ -n "$d" ] && rm -rf "$d"; printf '\\n%s %s\\n' ${mark} "$1" >&2; times >&2; exit 0; }
fail() { printf '%s\\n' "$1" >&2; end ${unstartableCode}; }
command -v setsid >/dev/null || fail 'this host has no program setsid (util-linux)'
${
  inputBytes > 0
    ? `t=$(mktemp) || fail 'no temporary file could be made'
head -c ${inputBytes} <&3 >"$t"
exec 4<"$t"; rm -f "$t"`
    : 'exec 4</dev/null'
}
${exportsOf(environment)}
${enter(cwd)}
command -v ${program} >/dev/null 2>&1 || fail ${shellWord(`there is no program ${argv[0] ?? ''}`)}
setsid ${words} <&4 3<&- &
p=$!
exec 4<&-
setsid /bin/sh -c ${shellWord(watcher)} watch $p ${graceSeconds} ${silenceSeconds} <&3 >/dev/null 2>&1 &
w=$!
{ wait $p; c=$?; } 2>/dev/null
n=0
if kill -s TERM -- -$p 2>/dev/null; then
  while kill -s 0 -- -$p 2>/dev/null && [ $n -lt 20 ]; do sleep 0.1; n=$((n+1)); done
  kill -s KILL -- -$p 2>/dev/null
fi
kill -s KILL -- -$w 2>/dev/null
end $c`;
}

/** A command whose standard input is all that follows the script; it ends with its input. */
export function streamScript(
  text: string,
  environment: Readonly<Record<string, string>>,
  mark: string,
): string {
  return `${header(mark)}
${exportsOf(environment)}
( ${text}
) <&3
c=$?
printf '\\n%s %s\\n' ${mark} "$c" >&2`;
}

/** The one line for the user's shell, which reads the script of so many bytes. No argument shows in a process list. */
export function loaderLine(script: string): string {
  return `exec /bin/sh -c 'eval "$(head -c ${Buffer.byteLength(script)})"'`;
}

function header(mark: string): string {
  return `exec 3<&0 </dev/null
printf '%s\\n' ${mark}
LC_ALL=C; export LC_ALL; cd "$HOME" 2>/dev/null`;
}

const watcher = `a=
g() { kill -s TERM -- -$1; sleep $2; kill -s KILL -- -$1; kill -s KILL -- -$$; }
while read -r s; do
  case $s in
    alive) [ -n "$a" ] && kill -s KILL $a; (trap '' TERM; sleep $3; g "$@") & a=$! ;;
    *) kill -s "$s" -- -$1 ;;
  esac
done
g "$@"`;

function enter(cwd: RemoteFolder | undefined): string {
  if (cwd === undefined) return '';
  if (typeof cwd === 'string') {
    return `cd ${shellWord(cwd)} 2>/dev/null || fail ${shellWord(`there is no folder ${cwd}`)}`;
  }
  // After a signal to the command's group this shell goes on, and removes it.
  return `d=$(mktemp -d "\${TMPDIR:-/tmp}/shoal-case-XXXXXX") && cd "$d" || fail 'no temporary folder could be made'`;
}

function exportsOf(environment: Readonly<Record<string, string>>): string {
  return Object.entries(environment)
    .map(([name, value]) => `export ${name}=${shellWord(value)}`)
    .join('\n');
}
